import threading

from hypothesis import given
from hypothesis import strategies as st

from das_app.messaging.mailbox import Mailbox


@given(st.lists(st.booleans()))
def test_newest_wins_and_counts_add_up(steps):
    mailbox = Mailbox()
    num_put, taken, waiting = 0, [], None
    for is_put in steps:
        if is_put:
            mailbox.put(num_put)
            waiting, num_put = num_put, num_put + 1
        else:
            item = mailbox.take(0)
            assert item == waiting
            taken, waiting = taken + ([item] if item is not None else []), None
    assert len(taken) + mailbox.num_dropped + (waiting is not None) == num_put
    assert taken == sorted(taken)


def test_every_put_is_taken_or_dropped_between_threads_and_the_last_is_seen():
    mailbox, taken = Mailbox(), []

    def read():
        while (item := mailbox.take()) is not None:
            taken.append(item)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 2001):
        mailbox.put(number)
    mailbox.close()
    reader.join(10)
    assert not reader.is_alive()
    assert taken[-1] == 2000
    assert taken == sorted(set(taken))
    assert len(taken) + mailbox.num_dropped == 2000


def test_close_wakes_a_waiting_reader():
    mailbox, got = Mailbox(), []
    reader = threading.Thread(target=lambda: got.append(mailbox.take()))
    reader.start()
    mailbox.close()
    reader.join(10)
    assert got == [None]
    assert mailbox.is_closed


def test_closed_mailbox_gives_what_it_holds_and_drops_what_comes_later():
    mailbox = Mailbox()
    mailbox.put("kept")
    mailbox.close()
    mailbox.put("late")
    assert mailbox.take() == "kept"
    assert mailbox.take() is None
    assert mailbox.num_dropped == 1


def test_take_gives_up_after_its_timeout():
    assert Mailbox().take(0.01) is None
