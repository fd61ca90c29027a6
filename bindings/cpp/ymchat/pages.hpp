// Lists that are read page by page.
// A part of ymchat.hpp.

#ifndef YMCHAT_PAGES_HPP
#define YMCHAT_PAGES_HPP

#include "errors.hpp"

#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace ymchat {

namespace detail {

/// One page of a list, for `paged`.
template <class Item>
struct slice {
    std::vector<Item> items;
    std::optional<std::string> next_page_token;
};

} // namespace detail

/// All items of a list, read page by page while they are walked through; one page is in memory at
/// a time.
///
/// begin() reads the first page, going on reads the next ones, and both throw what the calls
/// throw; after that the walk is over. Each begin() is a walk of its own, from the start. The
/// iterators are input iterators: what one copy reads, the others do not get. A range and its
/// iterators may outlive the client; then they throw ymchat::invalid_argument.
///
/// The order is the service's; the API does not document it.
template <class Item>
class paged {
    using fetch = std::function<detail::slice<Item>(const std::optional<std::string>& page_token)>;

    struct walk {
        fetch next;
        detail::slice<Item> page{};
        std::size_t at = 0;
        std::unordered_set<std::string> seen{};

        void read(const std::optional<std::string>& token) {
            at = 0;
            page.items.clear();
            page = next(token);
        }

        /// Reads pages until there is an item; false at the end. A page may be empty.
        bool settle() {
            while (at == page.items.size()) {
                if (!page.next_page_token)
                    return false;
                const std::string token = *page.next_page_token;
                if (!seen.insert(token).second)
                    detail::throw_protocol("paging", "the list of pages goes in a circle: the same "
                                                     "page token came twice");
                read(token);
            }
            return true;
        }
    };

public:
    /// Walks through the items.
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Item;
        using difference_type = std::ptrdiff_t;
        using pointer = Item*;
        using reference = Item&;

        /// The end.
        iterator() noexcept = default;

        /// The item; it may be moved from. Valid until the walk goes on.
        reference operator*() const noexcept { return walk_->page.items[walk_->at]; }
        pointer operator->() const noexcept { return &**this; }

        /// Goes on to the next item, and reads a page where this was the last one of its page.
        iterator& operator++() {
            const std::shared_ptr<walk> walking = std::move(walk_);
            ++walking->at;
            if (walking->settle())
                walk_ = walking;
            return *this;
        }

        /// What `*it++` needs: the item that was left.
        class left_item {
        public:
            /// Keeps the item.
            explicit left_item(Item item) : item_(std::move(item)) {}
            /// The item.
            Item operator*() && { return std::move(item_); }

        private:
            Item item_;
        };
        left_item operator++(int) {
            left_item left(**this);
            ++*this;
            return left;
        }

        /// Equal where both are at the end, or belong to the same walk.
        friend bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.walk_ == b.walk_;
        }
        friend bool operator!=(const iterator& a, const iterator& b) noexcept { return !(a == b); }

    private:
        friend class paged;
        explicit iterator(std::shared_ptr<walk> walking) : walk_(std::move(walking)) {}

        std::shared_ptr<walk> walk_;
    };

    /// For the library itself.
    explicit paged(fetch next) : next_(std::move(next)) {}

    /// Begins a walk, and reads the first page.
    iterator begin() const {
        auto walking = std::make_shared<walk>(walk{next_});
        walking->read(std::nullopt);
        return walking->settle() ? iterator(std::move(walking)) : iterator();
    }

    /// The end of every walk.
    iterator end() const noexcept { return iterator(); }

private:
    fetch next_;
};

} // namespace ymchat

#endif // YMCHAT_PAGES_HPP
