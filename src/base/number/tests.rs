//! Tests of number text: fixed cases taken from the reference, and random ones against the C library.

use super::format::format_general;
use super::parse::{POWERS_OF_TEN, parse_with_point};
use super::*;
use core::ffi::c_char;

fn format(n: f64) -> String {
    let mut out = [0; NUMBER_BUFFER];
    let len = format_number(n, &mut out);
    String::from_utf8(out[..len].to_vec()).unwrap()
}

fn c_format(n: f64) -> String {
    let mut out = [0u8; 64];
    // SAFETY: size passed, one double asked for.
    let len = unsafe { libc::snprintf(out.as_mut_ptr().cast(), 64, c"%.14g".as_ptr(), n) };
    String::from_utf8(out[..len as usize].to_vec()).unwrap()
}

/// `strtod` and the reference's rule about what may follow.
fn c_parse(s: &[u8]) -> Option<f64> {
    let mut text: Vec<u8> = s.iter().copied().take_while(|&b| b != 0).collect();
    text.push(0);
    let mut end: *mut c_char = core::ptr::null_mut();
    // SAFETY: text is a C string.
    let n = unsafe { libc::strtod(text.as_ptr().cast(), &mut end) };
    let used = end as usize - text.as_ptr() as usize;
    // SAFETY: isspace takes any unsigned char.
    let rest_is_space = text[used..text.len() - 1]
        .iter()
        .all(|&b| unsafe { libc::isspace(b as i32) } != 0);
    (used > 0 && rest_is_space).then_some(n)
}

fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) if a.is_nan() || b.is_nan() => {
            a.is_nan() && b.is_nan() && a.is_sign_negative() == b.is_sign_negative()
        }
        (Some(a), Some(b)) => a.to_bits() == b.to_bits(),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// A small generator (xorshift*), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545F4914F6CDD1D)
    }

    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit
    }
}

#[test]
fn formats_as_the_reference() {
    // What lua5.1 prints.
    let cases = [
        (-(0.0 / 1.0), "-0"),
        (0.0, "0"),
        (f64::NAN.copysign(-1.0), "-nan"),
        (f64::NAN.copysign(1.0), "nan"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (1e15, "1e+15"),
        (1e14, "1e+14"),
        (99999999999999.0, "99999999999999"),
        (-99999999999999.0, "-99999999999999"),
        (1e-5, "1e-05"),
        (0.0001, "0.0001"),
        (123456789012345.0, "1.2345678901234e+14"),
        (99999999999999.5, "1e+14"),
        (0.1, "0.1"),
        (9007199254740992.0, "9.007199254741e+15"),
        (1e100, "1e+100"),
        (5e-324, "4.9406564584125e-324"),
        (4.7223664828696452e+21, "4.7223664828696e+21"),
    ];
    for (n, text) in cases {
        assert_eq!(format(n), text);
    }
}

#[test]
fn formats_random_numbers_as_c() {
    let mut random = Random(0x9E3779B97F4A7C15);
    for round in 0..300_000u64 {
        let bits = random.next();
        let n = match round % 6 {
            0 => f64::from_bits(bits),
            1 => f64::from_bits(bits & 0x800F_FFFF_FFFF_FFFF | (random.below(3) << 52)),
            2 => (bits >> 8) as f64 / POWERS_OF_TEN[random.below(23) as usize],
            3 => random.below(1_000_000) as f64 / POWERS_OF_TEN[random.below(12) as usize],
            // Fifteen digits, the last one 5: the boundaries of the rounding.
            4 => {
                let digits = (random.below(100_000_000_000_000) * 10 + 5) as f64;
                digits / POWERS_OF_TEN[random.below(23) as usize]
            }
            _ => random.below(1 << 60) as f64 / (1u64 << random.below(60)) as f64,
        };
        assert_eq!(format(n), c_format(n), "bits {:#x}", n.to_bits());
    }
}

#[test]
fn formats_around_powers_of_ten_as_c() {
    for exponent in -330..309 {
        let power: f64 = format!("1e{exponent}").parse().unwrap();
        for step in -40..40i64 {
            let n = f64::from_bits(power.to_bits().wrapping_add_signed(step));
            assert_eq!(format(n), c_format(n), "bits {:#x}", n.to_bits());
        }
    }
}

#[test]
fn formats_integers() {
    for n in [0, 7, 10, 99, 100, 101, 12345, -1, -90, i64::MAX, i64::MIN] {
        let mut out = [0; NUMBER_BUFFER];
        let len = format_integer(n, &mut out);
        assert_eq!(core::str::from_utf8(&out[..len]).unwrap(), n.to_string());
    }
}

#[test]
fn reads_as_the_reference() {
    // What lua5.1's tonumber returns.
    let cases: &[(&[u8], Option<f64>)] = &[
        (b"0x10", Some(16.0)),
        (b"0xffffffffffffffffff", Some(4.7223664828696452e+21)),
        (b"0x", None),
        (b"1e", None),
        (b"  0x1p4  ", Some(16.0)),
        (b"1 2", None),
        (b"", None),
        (b" ", None),
        (b"1\0", Some(1.0)),
        (b"1\0 x", Some(1.0)),
        (b"10 \0", Some(10.0)),
        (b"\0", None),
        (b"0x1p", None),
        (b"0x.8", Some(0.5)),
        (b"0x.p1", None),
        (b"-0x10", Some(-16.0)),
        (b"+5", Some(5.0)),
        (b"- 5", None),
        (b"--5", None),
        (b"nan(123)", Some(f64::NAN.copysign(1.0))),
        (b"-NAN", Some(f64::NAN.copysign(-1.0))),
        (b"-INF", Some(f64::NEG_INFINITY)),
        (b"infinity", Some(f64::INFINITY)),
        (b"infinit", None),
        (b".", None),
        (b"1.", Some(1.0)),
        (b".5", Some(0.5)),
        (b"5e+", None),
        (b"\t\n\x0b\x0c\r 5\t\n\x0b\x0c\r ", Some(5.0)),
        (b"1e400", Some(f64::INFINITY)),
        (b"1e-400", Some(0.0)),
        (b"0X1P-4", Some(0.0625)),
        (b"00x1", None),
        (b"1\xa05", None),
        (b"-0", Some(-0.0)),
        (b"1d5", None),
        (b"0b1", None),
    ];
    for &(text, expected) in cases {
        let got = parse_number(text);
        assert!(
            same(got, expected),
            "{:?}: {got:?}",
            text.escape_ascii().to_string()
        );
    }
}

#[test]
fn reads_random_text_as_c() {
    const PIECES: [&str; 26] = [
        "0",
        "1",
        "9",
        "5",
        "00",
        "17",
        "123456789",
        ".",
        "e",
        "E",
        "-",
        "+",
        "0x",
        "0X",
        "p",
        "P",
        "f",
        "a8",
        " ",
        "\t",
        "inf",
        "nan",
        "(",
        ")",
        "x",
        "_",
    ];
    let mut random = Random(42);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..300_000 {
        let mut text = String::new();
        for _ in 0..random.below(8) {
            text += PIECES[random.below(26) as usize];
        }
        let (got, expected) = (parse_number(text.as_bytes()), c_parse(text.as_bytes()));
        assert!(same(got, expected), "{text:?}: {got:?}, C: {expected:?}");
        *(if got.is_some() {
            &mut accepted
        } else {
            &mut refused
        }) += 1;
    }
    assert!(
        accepted > 20_000 && refused > 20_000,
        "{accepted} accepted, {refused} refused"
    );
}

#[test]
fn reads_random_numbers_as_c() {
    let mut random = Random(7);
    for round in 0..200_000u64 {
        let n = f64::from_bits(random.next());
        let text = match round % 5 {
            0 => format!("{n:e}"),
            1 => format!("{}", n.abs().log2()),
            2 => format!(
                "{}.{}e{}",
                random.next(),
                random.next(),
                random.below(660) as i64 - 330
            ),
            3 => format!("{}.{:03}", random.below(100_000), random.below(1000)),
            _ => format!(
                "-0x{:x}.{:x}p{}",
                random.next() >> random.below(64),
                random.next(),
                random.below(2300) as i64 - 1160
            ),
        };
        let (got, expected) = (parse_number(text.as_bytes()), c_parse(text.as_bytes()));
        assert!(same(got, expected), "{text}: {got:?}, C: {expected:?}");
    }
}

#[test]
fn rounds_hexadecimal_once() {
    let mut random = Random(99);
    for _ in 0..50_000 {
        // Bits around the rounding position, in the normal and the subnormal range.
        let zeros = random.below(30) as usize;
        let text = format!(
            "0x1.{:013x}{}{:x}p{}",
            random.next() >> 12,
            ["8", "7", "80", "7f", "08"][random.below(5) as usize].to_owned() + &"0".repeat(zeros),
            random.below(2),
            [0, -1022, -1023, -1040, -1074, -1075, -1076, 1023][random.below(8) as usize]
        );
        let (got, expected) = (parse_number(text.as_bytes()), c_parse(text.as_bytes()));
        assert!(same(got, expected), "{text}: {got:?}, C: {expected:?}");
    }
}

#[test]
fn reads_text_of_any_length() {
    let texts = [
        "9".repeat(400),
        format!("0.{}1", "0".repeat(300)),
        format!("0x{}", "f".repeat(200)),
        format!("0x{}", "f".repeat(300)),
        format!("0x0.{}1p1200", "0".repeat(299)),
        format!("{}12{}", " ".repeat(500), "\n".repeat(500)),
        format!("{}1", "0".repeat(5000)),
        format!("1.{}1e-300", "0".repeat(2000)),
        // 2^-1074 + half of it, and then a little more: rounds by the last digit.
        format!(
            "{}1",
            "7.4109846876186981626485318930233205854758970392148714663837852375101326090531312779794975454245398856969484704316857659638998506553390969459816219401617281718945106978546710679176872575177347315553307795408549809608457500958111373034747658096871009590975442271004757307809711118935784838675653998783503015228055934046593739791790738723868299395818481660169122019456499931289798411362062484498678713572180352209017023903285791732520220528974020802906854021606612375549983402671300035812486479041385743401875520901590172592547146296175134159774938718574737870961645638908718119841271673056017045493004705269590165763776884908267986972573366521765567941072508764337560846003984904972149117463085539556354188641513168478436313080237596295773983001708984375"
        ),
        format!("nan({})", "a".repeat(1000)),
    ];
    for text in texts {
        let (got, expected) = (parse_number(text.as_bytes()), c_parse(text.as_bytes()));
        assert!(same(got, expected), "{text}: {got:?}, C: {expected:?}");
    }
}

#[test]
fn obeys_another_decimal_point() {
    for point in [&b","[..], "\u{66b}".as_bytes()] {
        let mut out = [0; NUMBER_BUFFER];
        for (n, text) in [
            (1.5, "1.5"),
            (-1.25e-300, "-1.25e-300"),
            (0.001, "0.001"),
            (1e20, "1e+20"),
        ] {
            let len = format_general(n, &mut out, point);
            let point = core::str::from_utf8(point).unwrap();
            assert_eq!(
                core::str::from_utf8(&out[..len]).unwrap(),
                text.replace('.', point)
            );
        }
    }
    assert_eq!(parse_with_point(b"1,5", b","), Some(1.5));
    assert_eq!(parse_with_point(b"1.5", b","), None);
    assert_eq!(parse_with_point(b"0x1,8", b","), Some(1.5));
    assert_eq!(read_numeral(b"1.5"), Some(1.5));
    let mut random = Random(3);
    for _ in 0..50_000 {
        let text = format!("{}.{}", random.next(), random.next())
            + &"7".repeat(random.below(900) as usize)
            + &format!("e{}", random.below(700) as i64 - 350);
        let expected = c_parse(text.as_bytes());
        let got = parse_with_point(text.replace('.', ",").as_bytes(), b",");
        assert!(same(got, expected), "{text}: {got:?}, C: {expected:?}");
    }
}

#[test]
fn casts_as_x86() {
    for (n, integer, int) in [
        (1.9, 1, 1),
        (-1.9, -1, -1),
        (2147483648.0, 2147483648, i32::MIN),
        (-2147483648.9, -2147483648, i32::MIN),
        (-2147483649.0, -2147483649, i32::MIN),
        (2147483647.9, 2147483647, i32::MAX),
        (4294967301.0, 4294967301, i32::MIN),
        (4611686018427387904.0, 1 << 62, i32::MIN),
        (9223372036854775808.0, i64::MIN, i32::MIN),
        (-9223372036854775808.0, i64::MIN, i32::MIN),
        (1e300, i64::MIN, i32::MIN),
        (f64::NAN, i64::MIN, i32::MIN),
        (f64::NEG_INFINITY, i64::MIN, i32::MIN),
    ] {
        assert_eq!(f64_to_integer(n), integer, "{n}");
        assert_eq!(f64_to_i32(n), int, "{n}");
    }
}

/// Every form with a precision against the C library: powers and their neighbours, ties, random bits.
#[test]
fn formats_with_a_precision_as_the_c_library() {
    type Form = fn(f64, usize, &[u8], &mut [u8; FLOAT_BUFFER]) -> Option<usize>;
    let forms: [(Form, &core::ffi::CStr); 3] = [
        (format_fixed, c"%.*f"),
        (format_exponent, c"%.*e"),
        (format_shortest, c"%.*g"),
    ];
    let mut random = Random(99);
    let (mut done, mut left) = (0, 0);
    for i in 0..200_000u64 {
        let n = match i % 8 {
            0 => f64::from_bits(random.next() & !(1 << 63)),
            1 => random.below(1 << 40) as f64 / 1024.0, // many ties
            2 => random.below(1 << 53) as f64 / 1e9,
            3 => 10f64.powi(random.below(40) as i32 - 20),
            4 => random.below(2_000_000) as f64 / 200.0,
            5 => random.below(1 << 62) as f64,
            6 => f64::from_bits(random.below(1 << 53)),
            _ => random.below(100_000) as f64 / 7.0,
        };
        if !n.is_finite() {
            continue;
        }
        let precision = (i / 8 % 25) as usize;
        for (form, spec) in forms {
            let mut ours = [0; FLOAT_BUFFER];
            let Some(len) = form(n, precision, b".", &mut ours) else {
                left += 1;
                continue;
            };
            let mut c = [0u8; 512];
            // SAFETY: size passed, one int and one double asked for.
            let c_len = unsafe {
                libc::snprintf(c.as_mut_ptr().cast(), 512, spec.as_ptr(), precision as i32, n)
            };
            let (ours, c) = (&ours[..len], &c[..c_len as usize]);
            assert_eq!(ours, c, "{n:e} with {precision} as {spec:?}");
            done += 1;
        }
    }
    assert!(done > left, "{done} done here, {left} left to the C library");
}

/// The digits that tell doubles apart, around powers of ten and of two: none of these is left to the C library.
#[test]
fn sixteen_and_seventeen_digits_as_the_c_library() {
    let check = |n: f64| {
        for (precision, spec) in [(16, c"%.16g"), (17, c"%.17g")] {
            let mut ours = [0; FLOAT_BUFFER];
            let len = format_shortest(n, precision, b".", &mut ours).expect("done here");
            let mut c = [0u8; 64];
            // SAFETY: size passed, one double asked for.
            let c_len = unsafe { libc::snprintf(c.as_mut_ptr().cast(), 64, spec.as_ptr(), n) };
            assert_eq!(&ours[..len], &c[..c_len as usize], "{n:e} with {precision}");
        }
    };
    let mut random = Random(17);
    for exponent in -10..=30 {
        for digit in 1..=9 {
            let n = f64::from(digit) * 10f64.powi(exponent);
            (-20..=20i64).for_each(|i| check(f64::from_bits(n.to_bits().wrapping_add_signed(i))));
        }
        for _ in 0..2000 {
            check((random.below(1 << 52) + (1 << 52)) as f64 * 10f64.powi(exponent) / 2f64.powi(52));
        }
    }
    for exponent in -30..=100 {
        (-5..=5i64).for_each(|i| check(f64::from_bits(2f64.powi(exponent).to_bits().wrapping_add_signed(i))));
    }
}

/// Numbers whose shortest digits lie between two roundings are rounded without the C library, where 128
/// bits tell on which side the number is.
#[test]
fn between_two_roundings_as_the_c_library() {
    let mut random = Random(7);
    let (mut done, mut left) = (0, 0);
    for i in 0..60_000u64 {
        let precision = 1 + (i % 15) as usize;
        let digits = random.below(10u64.pow(precision as u32)) * 10 + 5;
        let power = POWERS_OF_TEN[random.below(23) as usize];
        let n = if i % 2 == 0 { digits as f64 / power } else { digits as f64 * power };
        let mut ours = [0; FLOAT_BUFFER];
        let Some(len) = format_exponent(n, precision - 1, b".", &mut ours) else {
            left += 1;
            continue;
        };
        let mut c = [0u8; 64];
        // SAFETY: size passed, one int and one double asked for.
        let c_len = unsafe {
            libc::snprintf(c.as_mut_ptr().cast(), 64, c"%.*e".as_ptr(), precision as i32 - 1, n)
        };
        assert_eq!(&ours[..len], &c[..c_len as usize], "{n:e} with {precision} digits");
        done += 1;
    }
    assert!(done > 20 * left, "{done} done here, {left} left to the C library");
}
