# The guest's half of the protocol, for Python: JSON-RPC 2.0, one message a line, over standard input and output.
# It runs before any plugin, and defends the plugin from itself, not the host: a plugin that breaks this code breaks its own process.
import _ast
import _thread
import io
import os
import sys
import types

ROOT = os.environ.pop('PADDOCK_ROOT', '/plugin')
BRIDGE = (lambda: 0).__code__.co_filename
LIBRARY = os.path.dirname(os.__file__)
MOST_BYTES = 16 << 20

# The plugin's prints must not reach the wire: it moves to descriptors that no child inherits, standard output becomes standard error.
_in = os.dup(0)
_out = os.dup(1)
_null = os.open(os.devnull, os.O_RDONLY)
os.dup2(_null, 0)
os.close(_null)
os.dup2(2, 1)


def _unserialisable(value):
    raise TypeError(f'Object of type {type(value).__name__} is not JSON serializable')


def _coders():
    """The json module's own parts. The module itself brings regular expressions and more with it, which take longer to import than Python to start."""
    try:
        import _json

        def encoder(text):
            encode = _json.make_encoder(None, _unserialisable, text, None, ':', ',', False, False, False)
            return lambda value: ''.join(encode(value, 0))

        class Settings:
            strict, memo = True, {}
            object_hook = object_pairs_hook = None
            parse_float, parse_int, parse_constant = float, int, None
        scan = _json.make_scanner(Settings)
        decode = lambda text: scan(text, 0)[0]
        encode = encoder(_json.encode_basestring)
        if decode('{"a":[1,"b"]}') == {'a': [1, 'b']} and encode({'a': [1, 'b']}) == '{"a":[1,"b"]}':
            return encode, encoder(_json.encode_basestring_ascii), decode
    except (ImportError, AttributeError, TypeError):
        pass
    import json
    return (json.JSONEncoder(separators=(',', ':'), ensure_ascii=False, allow_nan=False).encode,
            json.JSONEncoder(separators=(',', ':'), allow_nan=False).encode, json.JSONDecoder().decode)


_encode, _encode_ascii, _decode = _coders()
_read, _write = os.read, os.write


def _json(value):
    try:
        return _encode(value).encode()
    except UnicodeEncodeError:
        return _encode_ascii(value).encode()


class HostError(Exception):
    """A host call was refused, or failed. `code` says why."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


# ---- the wire ----
_write_lock = _thread.allocate_lock()
_read_lock = _thread.allocate_lock()
_buffer = bytearray()
_scanned = 0
_pending = {}
_last_id = 0
_active = False
_requests = []


class _Slot:
    __slots__ = ('done', 'message', 'lock', 'future')

    def __init__(self, future=None):
        self.done = False
        self.message = None
        self.future = future
        self.lock = _thread.allocate_lock()
        self.lock.acquire()

    def settle(self, message):
        self.message = message
        self.done = True
        if self.future is not None:
            try:
                self.future.get_loop().call_soon_threadsafe(_settle_future, self.future, message)
            except RuntimeError:
                # Its event loop is closed, and whoever awaited it with it.
                pass
        self.wake()

    def wake(self):
        try:
            self.lock.release()
        except RuntimeError:
            pass


def _settle_future(future, message):
    if not future.done():
        future.set_result(message)


def _send(data):
    with _write_lock:
        _send_locked(data)


def _send_locked(data):
    sent = _write(_out, data)
    while sent < len(data):
        data = memoryview(data)[sent:]
        sent = _write(_out, data)


def _fill():
    data = _read(_in, 65536)
    if not data:
        # The host is gone, or has no more use for this process.
        os._exit(0)
    _buffer.extend(data)


def _take():
    """The next message that is here, or None."""
    global _scanned
    end = _buffer.find(b'\n', _scanned)
    if end < 0:
        _scanned = len(_buffer)
        return None
    line = _buffer[:end]
    del _buffer[:end + 1]
    _scanned = 0
    return _decode(line.decode())


def _dispatch(message):
    if 'method' in message:
        _requests.append(message)
        _main.done = True
        _main.wake()
        return
    slot = _pending.pop(message['id'], None)
    if slot is not None:
        slot.settle(message)


def _wait(slot):
    """Until the slot is settled. One of the threads that wait reads for all; when it has what it waits for, another takes over."""
    while not slot.done:
        if not _read_lock.acquire(False):
            slot.lock.acquire()
            continue
        try:
            while not slot.done:
                message = _take()
                if message is None:
                    _fill()
                else:
                    _dispatch(message)
        finally:
            _read_lock.release()
            for other in list(_pending.values()):
                other.wake()
            if slot is not _main:
                _main.wake()


def _readable():
    """In an event loop: something has arrived."""
    if not _read_lock.acquire(False):
        return
    try:
        _fill()
        while (message := _take()) is not None:
            _dispatch(message)
    finally:
        _read_lock.release()


def _ask(name, arguments, future=None):
    global _last_id
    if not isinstance(name, str):
        raise TypeError('the name of a host function is a string')
    if not isinstance(arguments, dict):
        raise TypeError('the arguments of a host function are a dict')
    body = _json({'function': name, 'arguments': arguments})
    if len(body) > MOST_BYTES:
        raise HostError('HOST_CALL_LIMIT', 'The arguments are larger than they may be.')
    slot = _Slot(future)
    with _write_lock:
        if not _active:
            raise HostError('HOST_CALL_REFUSED', 'Host calls are available during a call only.')
        _last_id += 1
        _pending[_last_id] = slot
        _send_locked(b'{"jsonrpc":"2.0","id":%d,"method":"host.call","params":%b}\n' % (_last_id, body))
    return slot


def _value(message):
    error = message.get('error')
    if error is None:
        return message['result']
    raise HostError(error['data']['code'], error['message'])


def _call(name, arguments):
    slot = _ask(name, arguments)
    _wait(slot)
    return _value(slot.message)


async def _call_async(name, arguments):
    import asyncio
    future = asyncio.get_running_loop().create_future()
    _ask(name, arguments, future)
    return _value(await future)


# ---- logs ----
class _LogFile(io.RawIOBase):
    """A stream whose lines become log entries."""

    def __init__(self, severity):
        self._severity = severity
        self._line = bytearray()

    def writable(self):
        return True

    def write(self, data):
        data = bytes(data)
        *lines, rest = data.split(b'\n')
        for line in lines:
            self._line += line
            self.end(always=True)
        self._line += rest
        if len(self._line) > 65536:
            self.end()
        return len(data)

    def end(self, always=False):
        if self._line or always:
            line = self._line.decode(errors='replace')
            self._line = bytearray()
            _log(self._severity, line)


def _log(severity, text):
    if _active or _loading:
        _send(b'{"jsonrpc":"2.0","method":"log","params":{"severity":"%b","message":%b}}\n' % (severity, _json(text.encode(errors='replace').decode())))


def _stream(severity):
    raw = _LogFile(severity)
    return raw, io.TextIOWrapper(io.BufferedWriter(raw), encoding='utf-8', errors='backslashreplace', line_buffering=True, write_through=True)


_loading = True
_out_log, sys.stdout = _stream(b'info')
_error_log, sys.stderr = _stream(b'warn')
sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BytesIO(b''), encoding='utf-8')


def _end_lines():
    for stream, raw in ((sys.stdout, _out_log), (sys.stderr, _error_log)):
        try:
            stream.flush()
        except Exception:
            pass
        raw.end()


# ---- what plugins import ----
class _Group:
    def __init__(self, call, prefix, functions):
        for name, fields in functions.items():
            setattr(self, name, _function(call, f'{prefix}.{name}', fields))


def _function(call, name, fields):
    def function(*values, **options):
        if len(values) > len(fields):
            raise TypeError(f'{name} takes {", ".join(fields) or "named arguments"}')
        options.update((field, value) for field, value in zip(fields, values) if value is not None)
        return call(name, options)
    function.__name__ = function.__qualname__ = name
    return function


class Host:
    """The host's functions. Those below `aio` are awaited."""

    def __init__(self, call):
        self.call = lambda name, arguments=None: call(name, {} if arguments is None else arguments)
        self.files = _Group(call, 'files', {'list': ['path'], 'read': ['path'], 'write': ['path', 'content']})
        self.kv = _Group(call, 'kv', {'get': ['key'], 'set': ['key', 'value'], 'delete': ['key'], 'list': ['prefix', 'limit']})
        self.db = _Group(call, 'db', {'query': ['query', 'args', 'database'], 'exec': ['query', 'args', 'database']})
        self.cache = _Group(call, 'cache', {'get': ['key'], 'set': ['key', 'value', 'ttl'], 'delete': ['key']})
        self.email = _Group(call, 'email', {'send': []})
        self.config = _Group(call, 'config', {'get': ['key']})
        self.plugin = _Group(call, 'plugin', {'call': ['plugin', 'function', 'args']})
        self.time = _Group(call, 'time', {'now': []})
        self.random = _Group(call, 'random', {'bytes': ['count']})
        self.shell = _Group(call, 'shell', {'execute': ['command', 'args']})
        self.http = _Group(call, 'http', {'request': ['url']})
        request = self.http.request
        self.http.request = lambda url, **options: request(url, **{'method': 'GET', **options})
        self.translate = _function(call, 'translate', ['key', 'args', 'language'])


host = Host(_call)
host.aio = Host(_call_async)
paddock = types.ModuleType('paddock', 'The host, as a plugin sees it.')
paddock.host, paddock.HostError, paddock.config, paddock.context, paddock.input = host, HostError, None, None, None
sys.modules['paddock'] = paddock


# ---- sources: where a call is recorded, or run again, its time and randomness are the host's, and what else differs from process to process is left alone ----
_clock = None
_reseed = None


def _source(what, count=0):
    """A time or random bytes from the host; None outside a call."""
    global _last_id
    slot = _Slot()
    with _write_lock:
        if not _active:
            return None
        _last_id += 1
        _pending[_last_id] = slot
        _send_locked(b'{"jsonrpc":"2.0","id":%d,"method":"source","params":{"what":"%b","count":%d}}\n' % (_last_id, what, count))
    _wait(slot)
    if 'error' in slot.message:
        return None
    return slot.message['result']


def _record():
    """Before the plugin is loaded, so that whatever it imports is what is replaced here."""
    global _clock
    import queue
    import threading
    import time
    # These wait by the real clock: it is theirs already.
    real = {name: getattr(time, name) for name in dir(time)}
    _clock = real['monotonic']
    epoch = 1_000_000_000_000

    def now_ns():
        now = _source(b'now')
        return real['time_ns']() if now is None else now * 1_000_000

    def elapsed_ns():
        elapsed = _source(b'elapsed')
        return real['monotonic_ns']() if elapsed is None else epoch + elapsed

    time.time_ns, time.time = now_ns, lambda: now_ns() / 1e9
    for name in ('monotonic', 'perf_counter', 'process_time', 'thread_time'):
        setattr(time, name + '_ns', elapsed_ns)
        setattr(time, name, lambda: elapsed_ns() / 1e9)
    time.clock_gettime_ns = lambda clock: now_ns() if clock == time.CLOCK_REALTIME else elapsed_ns()
    time.clock_gettime = lambda clock: time.clock_gettime_ns(clock) / 1e9
    for name in ('gmtime', 'localtime', 'ctime'):
        setattr(time, name, lambda seconds=None, convert=real[name]: convert(time.time() if seconds is None else seconds))
    time.asctime = lambda moment=None: real['asctime'](time.localtime() if moment is None else moment)
    time.strftime = lambda form, moment=None: real['strftime'](form, time.localtime() if moment is None else moment)
    _record_dates(time)
    _record_random()


def _free_loops():
    """An event loop waits by the real clock; how often it looks is chance."""
    if _clock is not None and 'asyncio' in sys.modules:
        sys.modules['asyncio'].BaseEventLoop.time = lambda self: _clock()


def _record_dates(time):
    import datetime
    original = datetime.datetime

    class Kind(type):
        def __instancecheck__(cls, value):
            return isinstance(value, original)

        def __subclasscheck__(cls, other):
            return issubclass(other, original)

    class Now(original, metaclass=Kind):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls):
            return cls.utcfromtimestamp(time.time())

        @classmethod
        def today(cls):
            return cls.now()

    Now.__name__ = Now.__qualname__ = 'datetime'
    Now.__module__ = 'datetime'
    Now.min, Now.max = original.min, original.max
    datetime.datetime = Now


def _record_random():
    global _reseed
    import binascii
    import random
    import uuid
    real = os.urandom

    def urandom(count):
        parts = []
        while count > 0:
            part = min(count, 65536)
            text = _source(b'random', part)
            parts.append(real(part) if text is None else binascii.a2b_base64(text))
            count -= part
        return b''.join(parts)

    seed = random.Random.seed

    def seeded(self, a=None, version=2):
        seed(self, int.from_bytes(urandom(32), 'big') if a is None else a, version)
    os.urandom, os.getrandom, random._urandom, random.Random.seed = urandom, lambda size, flags=0: urandom(size), urandom, seeded
    uuid._generate_time_safe = uuid._UuidCreate = None
    random.seed = _reseed = random._inst.seed


# ---- errors ----
def _describe(error, code=None):
    if code is None:
        code = ('MEMORY_LIMIT' if isinstance(error, MemoryError)
                else 'STACK_LIMIT' if isinstance(error, RecursionError)
                else error.code if type(error) is HostError else 'GUEST_ERROR')
    frames, line, column = [], None, None
    trace = error.__traceback__
    while trace is not None and len(frames) < 200:
        code_object = trace.tb_frame.f_code
        # What runs the plugin's function, asyncio's loop for one, is no more the plugin's than this file is.
        if code_object.co_filename != BRIDGE and (frames or not code_object.co_filename.startswith(LIBRARY)):
            frames.append(f'  File "{code_object.co_filename}", line {trace.tb_lineno}, in {code_object.co_name}')
            if code_object.co_filename == _entry:
                line, column = trace.tb_lineno, _column(trace)
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename == _entry:
        line, column = error.lineno, error.offset
    try:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        message = ''
    text = lambda value: str(value).encode(errors='replace').decode()
    return {'code': -32000, 'message': text(message)[:10000], 'data': {
        'code': text(code), 'name': text(type(error).__name__), 'stack': text('\n'.join(frames)), 'line': line, 'column': column}}


def _column(trace):
    for at, position in enumerate(trace.tb_frame.f_code.co_positions()):
        if at == trace.tb_lasti // 2:
            return None if position[2] is None else position[2] + 1
    return None


def _fault(code, message):
    return {'code': -32000, 'message': message, 'data': {'code': code}}


# ---- the plugin ----
_entry = ''
_module = None
_script = None
_main_function = None


def _binds(statement):
    """Names that a top-level statement defines; None where it does something besides."""
    if isinstance(statement, (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, (_ast.Import, _ast.ImportFrom)):
        return [name.asname or name.name for name in statement.names]
    if isinstance(statement, (_ast.Assign, _ast.AnnAssign, _ast.AugAssign)):
        targets = statement.targets if isinstance(statement, _ast.Assign) else [statement.target]
        return [target.id for target in targets if isinstance(target, _ast.Name)]
    if isinstance(statement, _ast.Expr) and isinstance(statement.value, _ast.Constant):
        return []
    return None


def _is_script(tree, entry_point):
    """A plugin is a module where it defines what is called, or nothing but definitions; anything else is a script that prints."""
    names, acts = set(), False
    for statement in tree.body:
        bound = _binds(statement)
        acts = acts or bound is None
        names.update(bound or [])
    return acts and not names & {entry_point or 'run', 'run', 'register'}


def _initialize(parameters):
    global _entry, _script, _module, _main_function
    if parameters.get('recorded'):
        _record()
    _entry = parameters['entry']
    path = os.path.join(ROOT, _entry)
    sys.path.insert(0, os.path.dirname(path))
    sys.argv = [_entry]
    with open(path, 'rb') as file:
        source = file.read()
    try:
        tree = compile(source, _entry, 'exec', _ast.PyCF_ONLY_AST, dont_inherit=True)
        code = compile(tree, _entry, 'exec', dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return {'error': _describe(error, 'CODE_COMPILE_ERROR')}
    if _is_script(tree, parameters.get('entryPoint')):
        _script = code
        return {'result': {'protocol': 1, 'once': True}}
    name = os.path.basename(_entry).rpartition('.')[0] or 'plugin'
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    exec(code, module.__dict__)
    _module = module
    _main_function = _callable(parameters.get('entryPoint') or 'run') or _callable('run')
    if _main_function is None and not any(_exported(name) for name in vars(module)):
        return {'error': _fault('ENTRYPOINT_NOT_FOUND', 'Nothing to call: define run(**kwargs), or functions that are called by name.')}
    return {'result': {'protocol': 1}}


def _callable(name):
    value = vars(_module).get(name)
    return value if callable(value) else None


def _exported(name):
    """Only what the plugin itself defines, or lists, is called by name: not what it imports."""
    listed = vars(_module).get('__all__')
    value = _callable(name)
    if value is None or name.startswith('_'):
        return None
    if listed is not None:
        return value if name in listed else None
    return value if getattr(value, '__module__', None) == _module.__name__ else None


def _invoke(function, value):
    if value is None:
        return function()
    if not isinstance(value, dict):
        return function(value)
    code = getattr(function, '__code__', None)
    if code is not None and not code.co_flags & 0x08:
        # What the host adds to a request (_user_id, _path, ...) is there for those that name it.
        names = code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]
        value = {name: given for name, given in value.items() if not name.startswith('_') or name in names}
    return function(**value)


def _run_async(awaitable):
    import asyncio
    _free_loops()

    async def drive():
        loop = asyncio.get_running_loop()
        loop.add_reader(_in, _readable)
        try:
            return await awaitable
        finally:
            loop.remove_reader(_in)
    return asyncio.run(drive())


def _answer(function, value):
    try:
        result = _invoke(function, value)
        if hasattr(result, '__await__'):
            result = _run_async(result)
    except SystemExit as error:
        return {'error': _fault('GUEST_ERROR', f'The plugin exited with {error.code!r}.')}
    except BaseException as error:
        return {'error': _describe(error)}
    try:
        return {'json': _json(result)}
    except RecursionError as error:
        return {'error': _describe(error, 'RESULT_INVALID')}
    except (TypeError, ValueError) as error:
        return {'error': _describe(error, 'RESULT_INVALID')}


def _run_call(parameters):
    paddock.config, paddock.context, paddock.input = parameters.get('config'), parameters.get('context'), parameters.get('input')
    if _script is not None:
        return {'json': _json(_run_script(parameters))}
    name = parameters.get('function')
    function = _main_function if not name else _main_function if name == 'run' and _main_function else _exported(name)
    if function is None:
        return {'error': _fault('ENTRYPOINT_NOT_FOUND', f'The plugin defines no function "{name or "run"}".')}
    return _answer(function, parameters.get('input'))


def _register():
    function = None if _module is None else _callable('register')
    return {'json': b'null'} if function is None else _answer(function, None)


# ---- scripts ----
def _captured(descriptor):
    """Sends a descriptor into a file without a name; its size is limited as /tmp's is."""
    path = f'/tmp/.paddock-{descriptor}'
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(path)
    os.dup2(file, descriptor)
    return file


def _contents(file):
    os.lseek(file, 0, os.SEEK_SET)
    data = b''
    while len(data) <= MOST_BYTES and (more := _read(file, 1 << 20)):
        data += more
    return data.decode(errors='replace')


def _run_script(parameters):
    import base64
    import time
    value = _json(parameters.get('input'))
    os.environ['PLUGIN_ARGS_B64'] = base64.b64encode(value).decode()
    sys.stdin = io.TextIOWrapper(io.BytesIO(value), encoding='utf-8')
    out, err = _captured(1), _captured(2)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, 'w', closefd=False), encoding='utf-8', errors='backslashreplace', write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, 'w', closefd=False), encoding='utf-8', errors='backslashreplace', write_through=True)
    started = time.monotonic()
    exit_code = _exit_code()
    return {'stdout': _contents(out), 'stderr': _contents(err), 'exitCode': exit_code, 'durationMs': int((time.monotonic() - started) * 1000)}


def _exit_code():
    main = types.ModuleType('__main__')
    main.__file__ = os.path.join(ROOT, _entry)
    sys.modules['__main__'] = main
    code = 0
    try:
        exec(_script, main.__dict__)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
        if not isinstance(error.code, (int, type(None))):
            print(error.code, file=sys.stderr)
    except BaseException as error:
        code = 1
        described = _describe(error)
        print('Traceback (most recent call last):', described['data']['stack'], f'{described["data"]["name"]}: {described["message"]}', sep='\n', file=sys.stderr)
    _finish_threads()
    return code & 0xff


def _finish_threads():
    import atexit
    try:
        if 'threading' in sys.modules:
            sys.modules['threading']._shutdown()
        atexit._run_exitfuncs()
    except BaseException as error:
        print(error, file=sys.stderr)


# ---- requests ----
def _respond(identifier, answer):
    """Sends the answer; nothing of the request reaches the wire after it."""
    global _active, _loading
    _end_lines()
    error, body = answer.get('error'), answer.get('json')
    if error is None and body is None:
        body = _json(answer['result'])
    if body is not None and len(body) > MOST_BYTES:
        error = _fault('RESULT_LIMIT', 'The result is larger than it may be.')
    with _write_lock:
        _active = _loading = False
        left = list(_pending.values())
        _pending.clear()
        if error is not None:
            _send_locked(b'{"jsonrpc":"2.0","id":%d,"error":%b}\n' % (identifier, _json(error)))
        else:
            _send_locked(b'{"jsonrpc":"2.0","id":%d,"result":%b}\n' % (identifier, body))
    for slot in left:
        slot.settle({'error': {'message': 'The call is over.', 'data': {'code': 'HOST_CALL_REFUSED'}}})


def _loaded(action):
    global _loading
    _loading = True
    try:
        return action()
    except BaseException as error:
        return {'error': _describe(error)}


def _serve(message):
    global _active
    method, parameters = message['method'], message.get('params') or {}
    if method == 'call':
        _active = True
        if _reseed is not None:
            _free_loops()
            _reseed()
        _respond(message['id'], _run_call(parameters))
    elif method == 'initialize':
        _respond(message['id'], _loaded(lambda: _initialize(parameters)))
    elif method == 'register':
        _respond(message['id'], _loaded(_register))
    elif method == 'ping':
        _respond(message['id'], {'result': {}})
    elif method == 'shutdown':
        os._exit(0)


_main = _Slot()
while True:
    _wait(_main)
    _main.done = False
    while _requests:
        _serve(_requests.pop(0))
