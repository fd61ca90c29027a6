//! The library's memory on Linux: while a client is open, blocks of 1 to 64 KiB are kept for the
//! next call.
//!
//! A block of 1 KiB or more makes glibc tidy up: it first joins all small blocks that were freed, those
//! of the host included, and cuts them anew afterwards. A call needs two such blocks, for the answer
//! and for the table of its headers. A host that makes a tree of each answer, and frees it again, would
//! pay for that in each call. So these blocks are asked for once, and what was
//! freed is handed out again.
//!
//! The library of a debug build has the system's memory alone, so that valgrind and the sanitizers
//! see each use of a block that was freed.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

#[cfg_attr(all(target_os = "linux", target_env = "gnu", not(debug_assertions)), global_allocator)]
static MEMORY: KeepingAllocator = KeepingAllocator::new(false);

/// Whether blocks that are freed from now on are kept.
pub(super) fn keep_free_blocks(keep: bool) {
    MEMORY.keeps.store(keep, Ordering::Relaxed);
}

#[cfg(test)]
pub(super) fn keeps_free_blocks() -> bool {
    MEMORY.keeps.load(Ordering::Relaxed)
}

/// Gives the blocks that are kept back to the system.
pub(super) fn release_free_blocks() {
    MEMORY.release();
}

/// The smallest size that is kept: with what glibc adds to it, a block of 1 KiB.
const MIN_KEPT: usize = 1001;
const MAX_KEPT: usize = 64 * 1024;
/// 1, 1.5, 2, 3, 4, 6, … 64 KiB.
const CLASSES: usize = 13;
/// How many free blocks of a class are kept: as many as requests may be under way.
const KEPT: usize = 4;
/// What every block is aligned to. Blocks that need more come from the system.
const ALIGN: usize = 2 * size_of::<usize>();

/// Memory of the system, of which free blocks are kept. It has no lock: a child of a fork may go
/// on with it, whatever the parent's threads did.
struct KeepingAllocator {
    keeps: AtomicBool,
    free: [[AtomicPtr<u8>; KEPT]; CLASSES],
}

impl KeepingAllocator {
    const fn new(keeps: bool) -> Self {
        Self {
            keeps: AtomicBool::new(keeps),
            free: [const { [const { AtomicPtr::new(ptr::null_mut()) }; KEPT] }; CLASSES],
        }
    }

    /// Gives what is kept back to the system.
    fn release(&self) {
        for (class, blocks) in self.free.iter().enumerate() {
            for place in blocks {
                let block = place.swap(ptr::null_mut(), Ordering::Acquire);
                if !block.is_null() {
                    // SAFETY: `alloc` had it from the system with this layout, `dealloc` put it
                    // here, and nobody else can take it now.
                    unsafe { System.dealloc(block, layout_of(class)) };
                }
            }
        }
    }

    fn take(&self, class: usize) -> Option<*mut u8> {
        self.free[class].iter().find_map(|place| {
            // To look is cheaper than to swap.
            if place.load(Ordering::Relaxed).is_null() {
                return None;
            }
            let block = place.swap(ptr::null_mut(), Ordering::Acquire);
            (!block.is_null()).then_some(block)
        })
    }

    /// False where there is no room for it.
    fn keep(&self, class: usize, block: *mut u8) -> bool {
        let (free, kept) = (Ordering::Relaxed, Ordering::Release);
        self.keeps.load(Ordering::Relaxed)
            && self.free[class].iter().any(|place| {
                place.load(free).is_null()
                    && place.compare_exchange(ptr::null_mut(), block, kept, free).is_ok()
            })
    }
}

/// The class whose blocks hold so much; `None` where blocks are not kept.
fn class_of(layout: Layout) -> Option<usize> {
    let size = layout.size();
    if !(MIN_KEPT..=MAX_KEPT).contains(&size) || layout.align() > ALIGN {
        return None;
    }
    if size <= 1024 {
        return Some(0);
    }
    let last = size - 1;
    let log = last.ilog2() as usize;
    let is_upper_half = last >> (log - 1) & 1;
    Some(2 * (log - 10) + 1 + is_upper_half)
}

/// What the blocks of a class are for the system.
fn layout_of(class: usize) -> Layout {
    let size = match class % 2 {
        0 => 1024 << (class / 2),
        _ => 1536 << (class / 2),
    };
    // SAFETY: the alignment is a power of two, and no size is near to the address space's.
    unsafe { Layout::from_size_align_unchecked(size, ALIGN) }
}

// SAFETY: a block comes from the system with a layout that depends on its class alone, is as large
// as any layout of that class, and goes back with the same one. Between two owners it is in one
// place of `free`: `keep` puts it into an empty one, `take` empties it in one step.
//
// Inlined wherever memory is asked for, it would make the library much larger.
unsafe impl GlobalAlloc for KeepingAllocator {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(class) = class_of(layout) else {
            // SAFETY: as the caller promises.
            return unsafe { System.alloc(layout) };
        };
        // SAFETY: a class has no layout of size 0.
        self.take(class).unwrap_or_else(|| unsafe { System.alloc(layout_of(class)) })
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match class_of(layout) {
            Some(class) if self.keep(class, block) => {}
            // SAFETY: it came from the system with the layout of its class.
            Some(class) => unsafe { System.dealloc(block, layout_of(class)) },
            // SAFETY: it came from the system with this layout.
            None => unsafe { System.dealloc(block, layout) },
        }
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if class_of(layout).is_none() {
            // SAFETY: as the caller promises.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: as the caller promises.
        let block = unsafe { self.alloc(layout) };
        if !block.is_null() {
            // SAFETY: the block is at least as large.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller promises that the size is one of a layout of this alignment.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        match (class_of(layout), class_of(new_layout)) {
            // SAFETY: it came from the system with this layout, and the rest is as the caller
            // promises.
            (None, None) => unsafe { System.realloc(block, layout, new_size) },
            (old, new) if old == new => block,
            _ => {
                // SAFETY: as the caller promises.
                let new = unsafe { self.alloc(new_layout) };
                if !new.is_null() {
                    // SAFETY: both are at least so large, and the new one is nobody else's.
                    unsafe {
                        ptr::copy_nonoverlapping(block, new, layout.size().min(new_size));
                        self.dealloc(block, layout);
                    }
                }
                new
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 1).unwrap()
    }

    /// A block filled with one byte, and checked before it is freed.
    struct Filled<'a> {
        from: &'a KeepingAllocator,
        block: *mut u8,
        size: usize,
        byte: u8,
    }

    impl<'a> Filled<'a> {
        fn new(from: &'a KeepingAllocator, size: usize, byte: u8) -> Self {
            // SAFETY: the size is not 0.
            let block = unsafe { from.alloc(layout(size)) };
            assert!(!block.is_null());
            // SAFETY: so much was asked for.
            unsafe { block.write_bytes(byte, size) };
            Filled { from, block, size, byte }
        }

        fn resize(&mut self, size: usize) {
            // SAFETY: the block is one of this size, and the new one is not 0.
            self.block = unsafe { self.from.realloc(self.block, layout(self.size), size) };
            assert!(!self.block.is_null());
            let kept = self.size.min(size);
            self.size = kept;
            self.check();
            self.size = size;
            // SAFETY: the block is so large.
            unsafe { self.block.write_bytes(self.byte, size) };
        }

        fn check(&self) {
            // SAFETY: the block was filled so far.
            let bytes = unsafe { std::slice::from_raw_parts(self.block, self.size) };
            assert!(bytes.iter().all(|byte| *byte == self.byte), "{} bytes", self.size);
        }
    }

    impl Drop for Filled<'_> {
        fn drop(&mut self) {
            self.check();
            // SAFETY: it came from there with this layout.
            unsafe { self.from.dealloc(self.block, layout(self.size)) };
        }
    }

    fn kept(allocator: &KeepingAllocator) -> usize {
        let places = allocator.free.iter().flatten();
        places.filter(|place| !place.load(Ordering::Relaxed).is_null()).count()
    }

    #[test]
    fn a_class_holds_each_of_its_sizes_and_wastes_less_than_half() {
        for size in 1..=MAX_KEPT + 1 {
            match class_of(layout(size)) {
                None => assert!(!(MIN_KEPT..=MAX_KEPT).contains(&size), "{size}"),
                Some(class) => {
                    let whole = layout_of(class).size();
                    assert!(size <= whole && whole < 3 * size / 2 + 24, "{size} in {whole}");
                    assert!(class == 0 || layout_of(class - 1).size() < size, "{size}");
                }
            }
        }
        assert_eq!(class_of(layout(MAX_KEPT)), Some(CLASSES - 1));
        let wide = Layout::from_size_align(4096, 2 * ALIGN).unwrap();
        assert_eq!(class_of(wide), None);
    }

    #[test]
    fn a_freed_block_is_handed_out_again() {
        let allocator = KeepingAllocator::new(true);
        for (first, second) in [(1248, 1300), (49_152, 40_000), (1001, 1024), (65_536, 60_000)] {
            let place = Filled::new(&allocator, first, 1).block;
            assert_eq!(Filled::new(&allocator, second, 2).block, place, "{first}");
        }
        // These are the system's affair.
        for size in [1, 1000, MAX_KEPT + 1] {
            let before = kept(&allocator);
            drop(Filled::new(&allocator, size, 3));
            assert_eq!(kept(&allocator), before, "{size}");
        }
        allocator.release();
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for_and_all_is_given_back() {
        let allocator = KeepingAllocator::new(true);
        let blocks: Vec<_> = (0..=2 * KEPT).map(|_| Filled::new(&allocator, 5000, 4)).collect();
        drop(blocks);
        assert_eq!(kept(&allocator), KEPT);
        allocator.release();
        assert_eq!(kept(&allocator), 0);
    }

    #[test]
    fn nothing_is_kept_unless_it_is_to_be() {
        let allocator = KeepingAllocator::new(false);
        drop(Filled::new(&allocator, 5000, 5));
        assert_eq!(kept(&allocator), 0);
    }

    #[test]
    fn zeroed_memory_is_so_although_it_was_used() {
        let allocator = KeepingAllocator::new(true);
        for size in [10, 3000, MAX_KEPT + 1] {
            drop(Filled::new(&allocator, size, 0xaa));
            // SAFETY: the size is not 0; the block is read as far as it was asked for, and freed.
            unsafe {
                let block = allocator.alloc_zeroed(layout(size));
                assert!(std::slice::from_raw_parts(block, size).iter().all(|byte| *byte == 0));
                allocator.dealloc(block, layout(size));
            }
        }
        allocator.release();
    }

    #[test]
    fn blocks_keep_their_bytes_however_they_are_resized() {
        let allocator = KeepingAllocator::new(true);
        let mut random = fastrand::Rng::with_seed(1);
        let mut blocks = Vec::new();
        for step in 0..20_000_u32 {
            // As many small ones as large ones.
            let size = (random.usize(1..200_000) >> random.u32(0..16)).max(1);
            match random.u8(0..3) {
                0 => blocks.push(Filled::new(&allocator, size, step as u8)),
                _ if blocks.is_empty() => {}
                1 => {
                    let at = random.usize(..blocks.len());
                    blocks[at].resize(size);
                }
                _ => drop(blocks.swap_remove(random.usize(..blocks.len()))),
            }
        }
        drop(blocks);
        allocator.release();
    }

    #[test]
    fn no_block_has_two_owners() {
        let allocator = KeepingAllocator::new(true);
        std::thread::scope(|scope| {
            for thread in 0..8_u8 {
                let allocator = &allocator;
                scope.spawn(move || {
                    for _ in 0..2_000 {
                        let one = Filled::new(allocator, 2_000, thread);
                        let other = Filled::new(allocator, 1_800, thread + 8);
                        std::thread::yield_now();
                        drop(one);
                        drop(other);
                    }
                });
            }
        });
        allocator.release();
    }
}
