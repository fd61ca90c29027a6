//! What a fork does: a child begins with fresh locks.
//!
//! A lock that another thread of the parent held at the moment of the fork stays locked in the
//! child for ever, because that thread does not exist there. So a child never touches a lock of its
//! parent: what is shared in a process is kept by the process's id.

use once_cell::race::OnceRef;

/// The id of the process that asks.
pub(crate) fn id() -> u32 {
    std::process::id()
}

/// For bindings to other languages: a value of which each process has its own. It begins with its
/// default, in the child of a fork too, whatever the parent's threads held at that moment.
///
/// ```
/// use std::sync::Mutex;
/// use ymchat::internal::PerProcess;
///
/// static OPEN: PerProcess<Mutex<Vec<u32>>> = PerProcess::new();
/// OPEN.get().lock().unwrap().push(1);
/// assert_eq!(*OPEN.get().lock().unwrap(), [1]);
/// ```
// A list with one node for each process that a chain of forks went through. Its links are set
// without a lock.
#[derive(Debug)]
pub struct PerProcess<T: 'static> {
    first: OnceRef<'static, Node<T>>,
}

#[derive(Debug)]
struct Node<T: 'static> {
    process: u32,
    value: T,
    next: OnceRef<'static, Node<T>>,
}

impl<T: Default + Send + Sync> PerProcess<T> {
    /// An empty value, for use in a `static`.
    #[must_use]
    pub const fn new() -> Self {
        PerProcess { first: OnceRef::new() }
    }

    /// This process's own.
    pub fn get(&self) -> &'static T {
        self.of(id())
    }

    fn of(&self, process: u32) -> &'static T {
        let mut link = &self.first;
        let mut fresh = None;
        loop {
            let Some(node) = link.get() else {
                // The parent's value stays where it is, unused. Neither is ever freed.
                let new = *fresh.get_or_insert_with(|| Self::leak(process));
                if link.set(new).is_ok() {
                    return &new.value;
                }
                // Another thread was faster.
                continue;
            };
            // Only the last one can be this process's: the others are its ancestors', of which one
            // may have had the same id, long ago. What this does not see: a descendant that gets
            // the id of an ancestor that has ended, when no process between them has asked.
            if node.process == process && node.next.get().is_none() {
                return &node.value;
            }
            link = &node.next;
        }
    }

    fn leak(process: u32) -> &'static Node<T> {
        Box::leak(Box::new(Node { process, value: T::default(), next: OnceRef::new() }))
    }
}

impl<T: Default + Send + Sync> Default for PerProcess<T> {
    fn default() -> Self {
        PerProcess::new()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_child_begins_anew_whatever_its_parent_holds() {
        static SHARED: PerProcess<Mutex<u32>> = PerProcess::new();
        let mut held = SHARED.of(1).lock().unwrap();
        *held = 5;
        assert_eq!(*SHARED.of(2).try_lock().expect("a lock of its own"), 0);
        *SHARED.of(2).lock().unwrap() = 7;
        assert_eq!(*SHARED.of(2).lock().unwrap(), 7);
        // A grandchild may get the id that an ancestor had.
        assert_eq!(*SHARED.of(1).try_lock().expect("a lock of its own"), 0);
    }

    #[test]
    fn all_threads_of_a_process_have_the_same() {
        static SHARED: PerProcess<AtomicU32> = PerProcess::new();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| SHARED.get().fetch_add(1, Ordering::SeqCst));
            }
        });
        assert_eq!(SHARED.get().load(Ordering::SeqCst), 8);
    }
}
