//! Numbers an authority gives somebody, with the check digits that tell a mistyped one.

/// CPF: eleven digits, the last two computed from the others (Receita Federal; weights 10…2 and 11…2).
pub(crate) fn is_cpf(digits: &[u8]) -> bool {
    let check = |n: usize| {
        let sum: usize = digits[..n].iter().zip((2..=n + 1).rev()).map(|(d, w)| usize::from(*d) * w).sum();
        usize::from(digits[n]) == sum * 10 % 11 % 10
    };
    digits.len() == 11 && digits.iter().any(|d| *d != digits[0]) && check(9) && check(10)
}

/// The eleven digits of a CPF, however it is punctuated; `None` if it is none.
pub(crate) fn cpf(text: &str) -> Option<String> {
    let bare = bare(text)?;
    is_cpf(&values(&bare)?).then_some(bare)
}

/// The fourteen characters of a CNPJ, however it is punctuated; `None` if it is none.
///
/// Since July 2026 the first twelve may be letters; a character counts as its ASCII code less 48 (Instrução Normativa
/// RFB nº 2.229/2024), so numbers of digits alone keep their check digits.
pub(crate) fn cnpj(text: &str) -> Option<String> {
    let bare = bare(text)?.to_ascii_uppercase();
    let values: Vec<u8> = bare.bytes().map(|c| c.wrapping_sub(b'0')).collect();
    let digits_last = bare.bytes().skip(12).all(|c| c.is_ascii_digit());
    let check = |n: usize| {
        // Weights 2…9 from the right, and again.
        let sum: usize =
            values[..n].iter().rev().enumerate().map(|(at, v)| usize::from(*v) * (2 + at % 8)).sum();
        usize::from(values[n]) == if sum % 11 < 2 { 0 } else { 11 - sum % 11 }
    };
    let sound = values.len() == 14 && digits_last && values.iter().any(|v| *v != values[0]);
    (sound && check(12) && check(13)).then_some(bare)
}

/// The nine digits of a Portuguese NIF, also behind the `PT` of a VAT number; `None` if it is none (Decreto-Lei
/// n.º 14/2013; the last digit is computed from the others with weights 9…2, modulo 11).
pub(crate) fn nif(text: &str) -> Option<String> {
    let bare = bare(text)?.to_ascii_uppercase();
    let bare = bare.strip_prefix("PT").unwrap_or(&bare);
    let digits = values(bare).filter(|digits| digits.len() == 9)?;
    let sum: usize = digits[..8].iter().zip((2..=9).rev()).map(|(d, w)| usize::from(*d) * w).sum();
    let check = if sum % 11 < 2 { 0 } else { 11 - sum % 11 };
    (digits[0] != 0 && usize::from(digits[8]) == check).then(|| bare.to_owned())
}

/// Without what these numbers are punctuated with; `None` when anything else is left that is no ASCII letter or digit.
fn bare(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !matches!(c, '.' | '-' | '/' | ' ')).collect();
    bare.bytes().all(|c| c.is_ascii_alphanumeric()).then_some(bare)
}

fn values(digits: &str) -> Option<Vec<u8>> {
    digits.chars().map(|c| c.to_digit(10).and_then(|digit| u8::try_from(digit).ok())).collect()
}
