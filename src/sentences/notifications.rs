//! Options of notifications. What is answered to the Market is English: its programs read it.

use super::sentences;

sentences! {
    allow_from_alone() =>
        "allowFrom has no effect without remoteAddress",
        "allowFrom: без remoteAddress не действует";

    name_is_empty(option: &str, most: usize) =>
        "{option} is empty; leave it out, or give 1 to {most} characters",
        "{option}: значение пустое; не передавайте его или укажите от 1 до {most} символов";

    name_too_long(option: &str, length: usize, most: usize) =>
        "{option} has {length} characters, {most} are allowed",
        "{option}: слишком длинное значение (символов: {length}, предел: {most})";

    allow_from_is_empty() =>
        "allowFrom is empty, so that every notification would be refused; leave it out for the \
         documented networks",
        "allowFrom: список пустой, и каждое уведомление было бы отвергнуто; чтобы действовали сети \
         из документации Маркета, не передавайте его";

    not_a_network(index: usize) =>
        "item {index} of allowFrom must be a network like 10.0.0.0/8, or an address",
        "allowFrom: элемент с номером {index} (счёт с 0) должен быть сетью вида 10.0.0.0/8 или \
         адресом";
}
