//! How good a leg sounded: the E-model in its short form for G.711. Start at [`mos`].
//! Never in this room: counting (that is `reception`). Standards: ITU-T G.107, G.113 appendix I.

/// Estimated mean opinion score, 1.0 to 4.5.
///
/// `loss`: share of packets lost, 0 to 1. `delay_ms`: mouth to ear one way, as far as known.
#[must_use]
pub fn mos(loss: f32, delay_ms: f32) -> f32 {
    /// All G.107 defaults, no impairment: the basic rating.
    const R0: f32 = 93.2;
    /// Robustness of G.711 with loss concealment against random loss (G.113 table I.4).
    const BPL: f32 = 25.1;
    let percent = loss.clamp(0.0, 1.0) * 100.0;
    let equipment = 95.0 * percent / (percent + BPL);
    let late = (delay_ms - 177.3).max(0.0);
    let delay = 0.024 * delay_ms + 0.11 * late;
    let r = (R0 - equipment - delay).clamp(0.0, 100.0);
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).clamp(1.0, 4.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_falls_with_loss_and_delay_and_stays_on_its_scale() {
        assert!((mos(0.0, 40.0) - 4.39).abs() < 0.02, "{}", mos(0.0, 40.0));
        assert!(mos(0.01, 40.0) > 4.2 && mos(0.05, 40.0) < 4.0 && mos(0.2, 40.0) < 2.6);
        assert!(mos(0.0, 400.0) < 3.7);
        assert!((mos(1.0, 5000.0) - 1.0).abs() < 1e-6);
    }
}
