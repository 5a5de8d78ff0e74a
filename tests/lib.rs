//! Whole-system tests: real phones, a real browser, load, faults.
