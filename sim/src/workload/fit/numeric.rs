//! Maximum of a function, linear equations, and two distributions.

/// The place of the maximum of a function with one peak, by golden sections.
pub fn peak(mut low: f64, mut high: f64, of: impl Fn(f64) -> f64) -> f64 {
    const RATIO: f64 = 0.618_033_988_749_894_9;
    const STEPS: usize = 60;
    let mut a = high - RATIO * (high - low);
    let mut b = low + RATIO * (high - low);
    let (mut at_a, mut at_b) = (of(a), of(b));
    for _ in 0..STEPS {
        if at_a < at_b {
            low = a;
            (a, at_a) = (b, at_b);
            b = low + RATIO * (high - low);
            at_b = of(b);
        } else {
            high = b;
            (b, at_b) = (a, at_a);
            a = high - RATIO * (high - low);
            at_a = of(a);
        }
    }
    (low + high) / 2.0
}

/// Solves a system of linear equations whose matrix is symmetric and positive definite.
pub fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for pivot in 0..N {
        for row in pivot + 1..N {
            let (above, below) = matrix.split_at_mut(row);
            let (own, above) = (&mut below[0], &above[pivot]);
            let factor = own[pivot] / above[pivot];
            for (own, above) in own.iter_mut().zip(above).skip(pivot) {
                *own -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    for pivot in (0..N).rev() {
        let known: f64 = (pivot + 1..N).map(|column| matrix[pivot][column] * right[column]).sum();
        right[pivot] = (right[pivot] - known) / matrix[pivot][pivot];
    }
    right
}

/// The normal distribution function.
pub fn normal_below(x: f64) -> f64 {
    0.5 * libm::erfc(-x / core::f64::consts::SQRT_2)
}

/// The logistic function.
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}
