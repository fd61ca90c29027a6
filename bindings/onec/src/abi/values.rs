//! The host's variants, read and written.

use std::ffi::c_int;
use std::slice;

use super::host::Host;
use super::types::{Contents, Counted, Tm, Unit, Variant, vt};
use crate::value::{Answer, Date, Value};

/// The value of a variant, which is borrowed for the length of the call.
///
/// # Safety
/// `variant` is what the host hands over, whole, and lives as long as `'a`.
pub(super) unsafe fn read<'a>(variant: *const Variant) -> Value<'a> {
    // SAFETY: as the caller promises. Only the member that `vt` names is read.
    unsafe {
        let Variant { contents, vt, .. } = variant.read_unaligned();
        match vt {
            vt::EMPTY | vt::NULL => Value::Empty,
            vt::I1 => Value::Integer(contents.i1.into()),
            vt::I2 => Value::Integer(contents.i2.into()),
            vt::I4 | vt::INT => Value::Integer(contents.i4.into()),
            vt::I8 => Value::Integer(contents.i8),
            vt::UI1 => Value::Integer(contents.ui1.into()),
            vt::UI2 => Value::Integer(contents.ui2.into()),
            vt::UI4 | vt::UINT => Value::Integer(contents.ui4.into()),
            vt::UI8 => i64::try_from(contents.ui8).map_or(Value::Other(vt), Value::Integer),
            vt::R4 => Value::Real(contents.r4.into()),
            vt::R8 => Value::Real(contents.r8),
            vt::BOOL => Value::Flag(contents.flag != 0),
            vt::TM => Value::Date(date(contents.tm)),
            vt::PWSTR => text(contents.counted),
            vt::BLOB => Value::Binary(bytes(contents.counted)),
            other => Value::Other(other),
        }
    }
}

/// # Safety
/// `counted` is a text of the host.
unsafe fn text<'a>(counted: Counted) -> Value<'a> {
    let start = counted.start.cast::<Unit>();
    if start.is_null() {
        return Value::Text(String::new());
    }
    let length = counted.length as usize;
    // SAFETY: as the caller promises; a host may keep it at an odd address.
    let units = (0..length).map(|index| unsafe { start.add(index).read_unaligned() });
    match char::decode_utf16(units).collect::<Result<String, _>>() {
        Ok(text) => Value::Text(text),
        Err(_) => Value::BrokenText,
    }
}

/// # Safety
/// `counted` are bytes of the host, that live as long as `'a`.
unsafe fn bytes<'a>(counted: Counted) -> &'a [u8] {
    if counted.start.is_null() || counted.length == 0 {
        return &[];
    }
    // SAFETY: as the caller promises.
    unsafe { slice::from_raw_parts(counted.start.cast(), counted.length as usize) }
}

/// A text that ends with a NUL; `None` for NULL, and for half of a surrogate pair.
///
/// # Safety
/// `start` is NULL, or a text that ends with a NUL.
pub(super) unsafe fn text_until_nul(start: *const Unit) -> Option<String> {
    if start.is_null() {
        return None;
    }
    // SAFETY: as the caller promises, nothing behind the NUL is read.
    let units = (0..).map(|index| unsafe { start.add(index).read_unaligned() });
    char::decode_utf16(units.take_while(|unit| *unit != 0)).collect::<Result<_, _>>().ok()
}

/// The host's dates are local times of this computer.
fn date(tm: Tm) -> Date {
    // SAFETY: as the C library declares it; `time_t` has 64 bits.
    unsafe extern "C" {
        #[cfg_attr(windows, link_name = "_mktime64")]
        fn mktime(tm: *mut Tm) -> i64;
    }
    // Nobody says whether it is summer: the C library finds out.
    let mut tm = Tm { is_summer: -1 as c_int, ..tm };
    // SAFETY: a whole `struct tm`. Members out of range are carried over, or give -1.
    Date { unix_seconds: unsafe { mktime(&mut tm) } }
}

/// Makes a variant hold nothing: whatever happens afterwards, a host that clears it finds a whole
/// one.
///
/// # Safety
/// `out` is NULL, or a place for a variant. Nothing is freed that stands there.
pub(super) unsafe fn empty(out: *mut Variant) {
    if !out.is_null() {
        let nothing = Variant { contents: Contents { i8: 0 }, elements: 0, vt: vt::EMPTY };
        // SAFETY: as the caller promises.
        unsafe { out.write_unaligned(nothing) };
    }
}

/// Writes an answer; `false` where the host has no memory for it. The variant is whole in either
/// case.
///
/// # Safety
/// `out` is a place for a variant. Nothing is freed that stands there.
pub(super) unsafe fn write(host: &Host, out: *mut Variant, answer: &Answer) -> bool {
    let empty = Contents { i8: 0 };
    let written = match answer {
        Answer::Nothing => Some((empty, vt::EMPTY)),
        Answer::Flag(flag) => Some((Contents { flag: u8::from(*flag) }, vt::BOOL)),
        Answer::Integer(number) => Some((Contents { i4: *number }, vt::I4)),
        Answer::Real(number) => Some((Contents { r8: *number }, vt::R8)),
        Answer::Text(text) => host.text(&String::from_utf8_lossy(text)).map(|(start, length)| {
            (Contents { counted: Counted { start: start.cast(), length } }, vt::PWSTR)
        }),
        Answer::Binary(bytes) => host
            .bytes(bytes)
            .map(|(start, length)| (Contents { counted: Counted { start, length } }, vt::BLOB)),
    };
    let (contents, vt) = written.unwrap_or((empty, vt::EMPTY));
    // SAFETY: as the caller promises.
    unsafe { out.write_unaligned(Variant { contents, elements: 0, vt }) };
    written.is_some()
}
