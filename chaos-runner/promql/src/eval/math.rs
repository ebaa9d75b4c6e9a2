//! Functions of a single number, by their PromQL names.

use std::f64::consts::PI;

/// The function that PromQL calls `name`, if it maps each sample's value on its own.
pub(crate) fn by_name(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "abs" => f64::abs,
        "ceil" => f64::ceil,
        "floor" => f64::floor,
        "exp" => f64::exp,
        "sqrt" => f64::sqrt,
        "ln" => f64::ln,
        "log2" => f64::log2,
        "log10" => f64::log10,
        "sin" => f64::sin,
        "cos" => f64::cos,
        "tan" => f64::tan,
        "asin" => f64::asin,
        "acos" => f64::acos,
        "atan" => f64::atan,
        "sinh" => f64::sinh,
        "cosh" => f64::cosh,
        "tanh" => f64::tanh,
        "asinh" => f64::asinh,
        "acosh" => f64::acosh,
        "atanh" => f64::atanh,
        "rad" => |degrees| degrees * PI / 180.0,
        "deg" => |radians| radians * 180.0 / PI,
        "sgn" => sign,
        _ => return None,
    })
}

/// -1, 1, or the value itself for zero and NaN.
fn sign(value: f64) -> f64 {
    if value < 0.0 {
        -1.0
    } else if value > 0.0 {
        1.0
    } else {
        value
    }
}

/// The nearest multiple of `to`, ties up.
pub(super) fn round(value: f64, to: f64) -> f64 {
    // Multiplying by the inverse is more accurate for steps such as 0.1.
    let inverse = 1.0 / to;
    (value * inverse + 0.5).floor() / inverse
}

/// The lesser of two numbers; NaN if either is, unless the other is -Inf.
pub(super) fn least(a: f64, b: f64) -> f64 {
    if (a.is_nan() || b.is_nan()) && a != f64::NEG_INFINITY && b != f64::NEG_INFINITY {
        f64::NAN
    } else {
        a.min(b)
    }
}

/// The greater of two numbers; NaN if either is, unless the other is +Inf.
pub(super) fn greatest(a: f64, b: f64) -> f64 {
    -least(-a, -b)
}
