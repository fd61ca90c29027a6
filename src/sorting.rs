//! Sorting by numbers.

/// Sorts by a number, in ascending order; items of equal numbers stay as they stand.
///
/// The sorts of the standard library are compiled anew for each type, to 4 KB each time. Here one
/// sorts pairs of numbers, and the items follow.
pub(crate) fn sort_by_number<T>(items: &mut [T], number: impl Fn(&T) -> i64) {
    if items.len() < 2 {
        return;
    }
    let mut pairs: Vec<(i64, usize)> = items.iter().map(number).zip(0..).collect();
    sort_pairs(&mut pairs);
    for start in 0..items.len() {
        // Follow the cycle of items that take each other's place.
        let mut place = start;
        loop {
            let from = std::mem::replace(&mut pairs[place].1, place);
            if from == start {
                break;
            }
            items.swap(place, from);
            place = from;
        }
    }
}

#[inline(never)]
fn sort_pairs(pairs: &mut [(i64, usize)]) {
    pairs.sort_unstable();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_stable_sort_of_the_standard_library(
            numbers in proptest::collection::vec(prop_oneof![-3i64..3, any::<i64>()], 0..40),
        ) {
            let mut items: Vec<(i64, usize)> = numbers.into_iter().zip(0..).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(number, _)| *number);
            sort_by_number(&mut items, |(number, _)| *number);
            prop_assert_eq!(items, expected);
        }
    }
}
