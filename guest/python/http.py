# Runs before a program whose container has no network but may speak HTTP: lends it the way to the host's proxy, at the address that HTTP_PROXY
# names. What may pass, the host decides; a program that breaks this code breaks its own way out.
def _lend():
    import _thread
    import atexit
    import os
    import selectors
    import socket

    proxy, address, piece = '/paddock/proxy', ('127.0.0.1', 3128), 65536
    try:
        listener = socket.create_server(address, backlog=64)
    except OSError:
        return  # A child of a program that lends it already.
    listener.setblocking(False)
    polls = selectors.DefaultSelector()
    polls.register(listener, selectors.EVENT_READ, None)

    class End:
        """One side of a connection: what is still to be written to it, and whether either direction is over."""

        def __init__(self, sock):
            self.sock, self.waiting, self.ended, self.closing, self.other = sock, bytearray(), False, False, None

        def watch(self):
            events = (selectors.EVENT_WRITE if self.waiting else 0) | (0 if self.ended or len(self.other.waiting) > piece else selectors.EVENT_READ)
            known = self.sock.fileno() in polls.get_map()
            if events and known:
                polls.modify(self.sock, events, self)
            elif events:
                polls.register(self.sock, events, self)
            elif known:
                polls.unregister(self.sock)

        def read(self):
            data = self.sock.recv(piece)
            if data:
                self.other.waiting += data
            else:
                self.ended = self.other.closing = True

        def write(self):
            if self.waiting:
                del self.waiting[:self.sock.send(self.waiting)]
            if self.closing and not self.waiting:
                self.closing = False
                self.sock.shutdown(socket.SHUT_WR)

    def close(*ends):
        for end in ends:
            try:
                polls.unregister(end.sock)
            except (KeyError, ValueError):
                pass
            end.sock.close()

    def accept():
        client, _ = listener.accept()
        host = socket.socket(socket.AF_UNIX)
        near, far = End(client), End(host)
        near.other, far.other = far, near
        try:
            host.connect(proxy)
        except OSError:
            client.close()
            host.close()
            return
        client.setblocking(False)
        host.setblocking(False)
        near.watch()
        far.watch()

    # The interpreter ends no thread that waits: it is told, so that a program ends as it would without it.
    wake, woken = socket.socketpair()
    over = _thread.allocate_lock()
    over.acquire()
    polls.register(woken, selectors.EVENT_READ, over)

    def stop():
        wake.send(b'.')
        over.acquire(timeout=5)

    def serve():
        while True:
            for key, events in polls.select():
                end = key.data
                if end is over:
                    return over.release()
                if end is None:
                    try:
                        accept()
                    except OSError:
                        pass
                    continue
                if end.sock.fileno() < 0:
                    continue
                try:
                    if events & selectors.EVENT_READ:
                        end.read()
                    for side in (end, end.other):
                        try:
                            side.write()
                        except BlockingIOError:
                            pass
                    if end.ended and end.other.ended and not end.waiting and not end.other.waiting:
                        close(end, end.other)
                        continue
                    end.watch()
                    end.other.watch()
                except BlockingIOError:
                    pass
                except OSError:
                    close(end, end.other)

    _thread.start_new_thread(serve, ())
    atexit.register(stop)
    # A child has not this thread, and nothing to tell it.
    os.register_at_fork(after_in_child=lambda: atexit.unregister(stop))


_lend()
del _lend
