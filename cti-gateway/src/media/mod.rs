//! Packets, on threads of their own.
