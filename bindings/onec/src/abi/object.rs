//! The object that the host calls: four tables of virtual functions, and what stands behind them.

use std::ffi::{c_long, c_void};
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use super::guard::guard;
use super::host::Host;
use super::types::{Destructors, ExtenderTable, InitDoneTable, LocaleTable, Unit, Variant};
use super::values;
use crate::add_in::AddIn;
use crate::language::ReportedError;
use crate::table::{DefaultValue, METHODS, Method, PROPERTIES, Property, find};
use crate::value::{Answer, Value};

/// The version of the Native API that the add-in is written for.
const API_VERSION: c_long = 2000;
/// More than any host passes: an array of this length would be a broken number.
const MAX_ARGUMENTS: usize = 64;

/// The interfaces, by their place in the object.
const INIT_DONE: usize = 0;
const EXTENDER: usize = 1;
const LOCALE: usize = 2;
const USER_LANGUAGE: usize = 3;

/// What the host holds a pointer to. For its C++ compiler it is an object with four base classes.
#[repr(C)]
pub(super) struct Object {
    init_done: &'static InitDoneTable,
    extender: &'static ExtenderTable,
    locale: &'static LocaleTable,
    user_language: &'static LocaleTable,
    /// `None` once it was destroyed.
    inner: Option<Arc<Inner>>,
}

const _: () = assert!(std::mem::offset_of!(Object, user_language) == 3 * size_of::<usize>());

#[derive(Default)]
struct Inner {
    host: Host,
    add_in: AddIn,
    /// The threads that are inside; one stands here as often as it has entered.
    visits: Mutex<Vec<ThreadId>>,
    left: Condvar,
}

/// A call that is inside the object; its end is waited for before the object goes.
struct Visit(Arc<Inner>);

impl std::ops::Deref for Visit {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let thread = thread::current().id();
        let mut visits = self.0.visits();
        // `end` may have taken it away.
        if let Some(place) = visits.iter().rposition(|visitor| *visitor == thread) {
            visits.swap_remove(place);
        }
        self.0.left.notify_all();
    }
}

impl Inner {
    fn visits(&self) -> MutexGuard<'_, Vec<ThreadId>> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the client and the calls that are inside, and waits for them. A host may end the object
    /// while it is told of an error: the call of this thread, which cannot go on before, does not count.
    fn end(&self) {
        self.add_in.close();
        let thread = thread::current().id();
        let mut visits = self.visits();
        visits.retain(|visitor| *visitor != thread);
        self.left.notify_all();
        while !visits.is_empty() {
            visits = self.left.wait(visits).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn complain(&self, complaint: &ReportedError) -> bool {
        self.host.throw(&complaint.sentence);
        false
    }
}

/// A new object, which belongs to the host.
pub(super) fn create() -> *mut Object {
    Box::into_raw(Box::new(Object {
        init_done: &INIT_DONE_TABLE,
        extender: &EXTENDER_TABLE,
        locale: &LOCALE_TABLE,
        user_language: &USER_LANGUAGE_TABLE,
        inner: Some(Arc::default()),
    }))
}

/// Destroys what stands behind an object, and leaves its memory.
///
/// # Safety
/// `object` came from [`create`], and was not deleted.
unsafe fn destroy(object: *mut Object) {
    // SAFETY: as the caller promises.
    if let Some(inner) = unsafe { (*object).inner.take() } {
        inner.end();
        // It may be unloaded by now, or about to be.
        // SAFETY: NULL is allowed.
        unsafe { inner.host.set_connection(ptr::null_mut()) };
    }
}

/// Destroys and frees an object.
///
/// # Safety
/// `object` came from [`create`], and was not deleted.
pub(super) unsafe fn delete(object: *mut Object) {
    // SAFETY: as the caller promises.
    unsafe {
        destroy(object);
        drop(Box::from_raw(object));
    }
}

/// The object of an interface: `this` is the address of its `K`-th table.
fn object<const K: usize>(this: *mut c_void) -> *mut Object {
    this.wrapping_byte_sub(K * size_of::<usize>()).cast()
}

/// Enters an object; `None` where there is none any more.
fn enter<const K: usize>(this: *mut c_void) -> Option<Visit> {
    if this.is_null() {
        return None;
    }
    // SAFETY: the host calls with an object of ours that it has not deleted.
    let inner = unsafe { (*object::<K>(this)).inner.as_ref()? };
    inner.visits().push(thread::current().id());
    Some(Visit(Arc::clone(inner)))
}

fn method(number: c_long) -> Option<&'static Method> {
    METHODS.get(usize::try_from(number).ok()?)
}

fn property(number: c_long) -> Option<&'static Property> {
    PROPERTIES.get(usize::try_from(number).ok()?)
}

/// The name in English (0) or Russian (1), in the host's memory; NULL for another number.
fn name_of(visit: &Visit, names: [&'static str; 2], alias: c_long) -> *const Unit {
    let name = usize::try_from(alias).ok().and_then(|alias| names.get(alias));
    name.and_then(|name| visit.host.text(name)).map_or(ptr::null(), |(start, _)| start)
}

/// The number of a name, as the host counts; -1 for none.
fn number_of<T>(items: &[T], names: impl Fn(&T) -> [&'static str; 2], name: *const Unit) -> c_long {
    // SAFETY: a text of the host.
    let wanted = unsafe { values::text_until_nul(name) };
    let found = wanted.and_then(|wanted| find(items, names, &wanted));
    found.and_then(|index| index.try_into().ok()).unwrap_or(-1)
}

// ---- IInitDoneBase ---------------------------------------------------------------------------

extern "system" fn init(this: *mut c_void, connection: *mut c_void) -> bool {
    guard(false, || {
        let Some(visit) = enter::<INIT_DONE>(this) else { return false };
        // SAFETY: the host's object, which lives until `Done`.
        unsafe { visit.host.set_connection(connection) };
        !connection.is_null()
    })
}

extern "system" fn set_memory_manager(this: *mut c_void, memory: *mut c_void) -> bool {
    guard(false, || {
        let Some(visit) = enter::<INIT_DONE>(this) else { return false };
        // SAFETY: the host's object, which lives as long as this one.
        unsafe { visit.host.set_memory(memory) };
        !memory.is_null()
    })
}

extern "system" fn get_info(_this: *mut c_void) -> c_long {
    API_VERSION
}

extern "system" fn done(this: *mut c_void) {
    guard((), || {
        if this.is_null() {
            return;
        }
        // Not a visit: it waits for those.
        // SAFETY: as in `enter`.
        if let Some(inner) = unsafe { (*object::<INIT_DONE>(this)).inner.clone() } {
            inner.end();
            // SAFETY: NULL is allowed.
            unsafe { inner.host.set_connection(ptr::null_mut()) };
        }
    });
}

// ---- ILanguageExtenderBase -------------------------------------------------------------------

extern "system" fn register_extension_as(this: *mut c_void, out: *mut *mut Unit) -> bool {
    guard(false, || {
        let Some(visit) = enter::<EXTENDER>(this) else { return false };
        if out.is_null() {
            return false;
        }
        let Some((name, _)) = visit.host.text("YMChat") else { return false };
        // SAFETY: not NULL, so a place for a pointer.
        unsafe { out.write_unaligned(name) };
        true
    })
}

extern "system" fn get_n_props(_this: *mut c_void) -> c_long {
    PROPERTIES.len() as c_long
}

extern "system" fn find_prop(_this: *mut c_void, name: *const Unit) -> c_long {
    guard(-1, || number_of(PROPERTIES, |property| property.names, name))
}

extern "system" fn get_prop_name(this: *mut c_void, number: c_long, alias: c_long) -> *const Unit {
    guard(ptr::null(), || match (enter::<EXTENDER>(this), property(number)) {
        (Some(visit), Some(property)) => name_of(&visit, property.names, alias),
        _ => ptr::null(),
    })
}

extern "system" fn get_prop_val(this: *mut c_void, number: c_long, out: *mut Variant) -> bool {
    guard(false, || {
        // SAFETY: NULL, or a place for a variant.
        unsafe { values::empty(out) };
        let Some(visit) = enter::<EXTENDER>(this) else { return false };
        if out.is_null() {
            return false;
        }
        let readable = property(number).filter(|property| property.is_readable());
        let answer = readable.map_or(Answer::Nothing, |property| visit.add_in.get(property));
        // SAFETY: not NULL, so a place for a variant.
        let written = unsafe { values::write(&visit.host, out, &answer) };
        written && readable.is_some()
    })
}

extern "system" fn set_prop_val(this: *mut c_void, number: c_long, value: *mut Variant) -> bool {
    guard(false, || {
        let Some(visit) = enter::<EXTENDER>(this) else { return false };
        let writable = property(number).filter(|property| property.is_writable());
        let Some(property) = writable.filter(|_| !value.is_null()) else { return false };
        // SAFETY: a variant of the host, which lives over the call.
        let value = unsafe { values::read(value) };
        match visit.add_in.set(property, &value) {
            Ok(()) => true,
            Err(complaint) => visit.complain(&complaint),
        }
    })
}

extern "system" fn is_prop_readable(_this: *mut c_void, number: c_long) -> bool {
    guard(false, || property(number).is_some_and(Property::is_readable))
}

extern "system" fn is_prop_writable(_this: *mut c_void, number: c_long) -> bool {
    guard(false, || property(number).is_some_and(Property::is_writable))
}

extern "system" fn get_n_methods(_this: *mut c_void) -> c_long {
    METHODS.len() as c_long
}

extern "system" fn find_method(_this: *mut c_void, name: *const Unit) -> c_long {
    guard(-1, || number_of(METHODS, |method| method.names, name))
}

extern "system" fn get_method_name(
    this: *mut c_void,
    number: c_long,
    alias: c_long,
) -> *const Unit {
    guard(ptr::null(), || match (enter::<EXTENDER>(this), method(number)) {
        (Some(visit), Some(method)) => name_of(&visit, method.names, alias),
        _ => ptr::null(),
    })
}

extern "system" fn get_n_params(_this: *mut c_void, number: c_long) -> c_long {
    guard(0, || method(number).map_or(0, |method| method.parameters.len() as c_long))
}

extern "system" fn get_param_def_value(
    this: *mut c_void,
    number: c_long,
    parameter: c_long,
    out: *mut Variant,
) -> bool {
    guard(false, || {
        // SAFETY: NULL, or a place for a variant.
        unsafe { values::empty(out) };
        let Some(visit) = enter::<EXTENDER>(this) else { return false };
        if out.is_null() {
            return false;
        }
        let parameter = method(number)
            .and_then(|method| method.parameters.get(usize::try_from(parameter).ok()?));
        let default = parameter.and_then(|parameter| parameter.default);
        let answer = match default {
            None => Answer::Nothing,
            Some(DefaultValue::EmptyText) => Answer::Text(Vec::new()),
            Some(DefaultValue::Zero) => Answer::Integer(0),
        };
        // SAFETY: not NULL, so a place for a variant.
        let written = unsafe { values::write(&visit.host, out, &answer) };
        written && default.is_some()
    })
}

extern "system" fn has_ret_val(_this: *mut c_void, number: c_long) -> bool {
    guard(false, || method(number).is_some_and(|method| method.has_result))
}

extern "system" fn call_as_proc(
    this: *mut c_void,
    number: c_long,
    arguments: *mut Variant,
    count: c_long,
) -> bool {
    guard(false, || call(this, number, ptr::null_mut(), arguments, count))
}

extern "system" fn call_as_func(
    this: *mut c_void,
    number: c_long,
    out: *mut Variant,
    arguments: *mut Variant,
    count: c_long,
) -> bool {
    guard(false, || call(this, number, out, arguments, count))
}

fn call(
    this: *mut c_void,
    number: c_long,
    out: *mut Variant,
    arguments: *mut Variant,
    count: c_long,
) -> bool {
    // SAFETY: NULL, or a place for a variant.
    unsafe { values::empty(out) };
    let Some(visit) = enter::<EXTENDER>(this) else { return false };
    let hand_out = |answer: &Answer| {
        // SAFETY: where it is not NULL it is a place for a variant.
        out.is_null() || unsafe { values::write(&visit.host, out, answer) }
    };
    let Some(method) = method(number) else { return false };
    let count = if arguments.is_null() { 0 } else { usize::try_from(count).unwrap_or(0) };
    let count = count.min(MAX_ARGUMENTS);
    // SAFETY: so many variants of the host, which live over the call.
    let given: Vec<Value<'_>> =
        (0..count).map(|index| unsafe { values::read(arguments.add(index)) }).collect();
    match visit.add_in.call(method, &given) {
        Ok(answer) if hand_out(&answer) => true,
        Ok(_) => visit.complain(&visit.add_in.has_no_memory(method)),
        Err(complaint) => visit.complain(&complaint),
    }
}

// ---- LocaleBase, UserLanguageBase ------------------------------------------------------------

extern "system" fn set_locale<const K: usize>(this: *mut c_void, code: *const Unit) {
    guard((), || {
        // SAFETY: a text of the host.
        let code = unsafe { values::text_until_nul(code) };
        if let (Some(visit), Some(code)) = (enter::<K>(this), code) {
            visit.add_in.set_locale(&code);
        }
    });
}

// ---- Destructors -----------------------------------------------------------------------------

#[cfg(not(windows))]
mod destructors {
    use super::*;

    pub(super) extern "C" fn destroy_slot<const K: usize>(this: *mut c_void) {
        // SAFETY: the host calls with an object of ours, and once.
        guard((), || unsafe { destroy(object::<K>(this)) });
    }

    pub(super) extern "C" fn delete_slot<const K: usize>(this: *mut c_void) {
        // SAFETY: as above.
        guard((), || unsafe { delete(object::<K>(this)) });
    }
}

#[cfg(windows)]
mod destructors {
    use std::ffi::c_uint;

    use super::*;

    /// The lowest bit says that the memory is to be freed, too.
    fn run<const K: usize>(this: *mut c_void, flags: c_uint) -> *mut c_void {
        // SAFETY: the host calls with an object of ours, and once.
        guard((), || unsafe {
            if flags & 1 == 0 { destroy(object::<K>(this)) } else { delete(object::<K>(this)) }
        });
        this
    }

    #[cfg(not(target_arch = "x86"))]
    pub(super) extern "C" fn destroy_slot<const K: usize>(
        this: *mut c_void,
        flags: c_uint,
    ) -> *mut c_void {
        run::<K>(this, flags)
    }

    #[cfg(target_arch = "x86")]
    pub(super) extern "thiscall" fn destroy_slot<const K: usize>(
        this: *mut c_void,
        flags: c_uint,
    ) -> *mut c_void {
        run::<K>(this, flags)
    }
}

#[cfg(not(windows))]
const fn destructors<const K: usize>() -> Destructors {
    Destructors { destroy: destructors::destroy_slot::<K>, delete: destructors::delete_slot::<K> }
}

#[cfg(windows)]
const fn destructors<const K: usize>() -> Destructors {
    Destructors { destroy: destructors::destroy_slot::<K> }
}

// ---- The tables ------------------------------------------------------------------------------

static INIT_DONE_TABLE: InitDoneTable = InitDoneTable {
    destructors: destructors::<INIT_DONE>(),
    init,
    set_memory_manager,
    get_info,
    done,
};

static EXTENDER_TABLE: ExtenderTable = ExtenderTable {
    destructors: destructors::<EXTENDER>(),
    register_extension_as,
    get_n_props,
    find_prop,
    get_prop_name,
    get_prop_val,
    set_prop_val,
    is_prop_readable,
    is_prop_writable,
    get_n_methods,
    find_method,
    get_method_name,
    get_n_params,
    get_param_def_value,
    has_ret_val,
    call_as_proc,
    call_as_func,
};

static LOCALE_TABLE: LocaleTable =
    LocaleTable { destructors: destructors::<LOCALE>(), set_locale: set_locale::<LOCALE> };

static USER_LANGUAGE_TABLE: LocaleTable = LocaleTable {
    destructors: destructors::<USER_LANGUAGE>(),
    set_locale: set_locale::<USER_LANGUAGE>,
};
