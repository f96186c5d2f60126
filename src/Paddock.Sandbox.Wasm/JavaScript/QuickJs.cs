using System.Text;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>
/// One instance of QuickJS-NG and what the host can ask of it. The C interface is that of quickjs-wasi: values are boxes in guest
/// memory, named by their address. Boxes are not freed one by one; the next restore takes them all. Guest threads only.
/// </summary>
internal sealed class QuickJs : IInterruptible, IDisposable
{
    private const int ModuleFlag = 1, AllIntrinsics = -1;

    // The stack pointer of the guest's own stack below which it has overflowed: the stack grows down to address 0.
    private const int StackOverflowMargin = 16 << 10;

    private readonly Instance _instance;
    private readonly LinearMemory _memory;
    private readonly Dictionary<string, Function> _functions = [];

    internal QuickJs(Paddock.Wasm.Compilation.CompiledModule compiled)
    {
        _instance = compiled.Instantiate(new QuickJsImports(this).ToImports(), new InstanceOptions
        {
            TrapOnMemoryLimit = true,
            MaxMemoryBytes = 1L << 30,
        });
        _memory = _instance.GetMemory("memory");
    }

    /// <summary>Who answers the guest now.</summary>
    internal IGuestHost? Host { get; private set; }

    internal LinearMemory Memory => _memory;

    /// <summary>Sets the instance to an image and gives it to a host, under its limits.</summary>
    internal void Begin(InstanceImage image, IGuestHost host, Limits limits)
    {
        _instance.ClearInterrupt();
        _memory.MaxBytes = long.MaxValue;
        _instance.Restore(image);
        Attach(host, limits);
    }

    internal void Attach(IGuestHost host, Limits limits)
    {
        _memory.MaxBytes = Math.Max(limits.MemoryBytes, _memory.Length);
        _instance.MaxStackBytes = limits.StackBytes;
        Host = host;
    }

    /// <summary>From any thread: ends the guest's code where it is.</summary>
    public void Interrupt() => _instance.Interrupt();

    /// <summary>Starts the engine and evaluates the bridge; the address of the bridge function.</summary>
    internal int Boot(ReadOnlySpan<byte> prelude)
    {
        Call("_initialize");
        if (Call("qjs_init2", AllIntrinsics) != 0) throw new InvalidOperationException("QuickJS does not initialise.");
        Call("qjs_set_module_loader", 1);
        var factory = Evaluate(prelude, GuestError.BridgeFile, module: false);
        if (IsException(factory)) throw new InvalidOperationException("The bridge does not evaluate.");
        return Apply(factory, [HostFunction("c"), HostFunction("l"), HostFunction("d")]);
    }

    /// <summary>Leaves nothing in memory but what is in use: no garbage, and no remains of earlier frames below the stack pointer.</summary>
    internal InstanceImage Capture(InstanceImage? basis)
    {
        Call("qjs_run_gc");
        _memory.Slice(0, (uint)_instance.GetGlobal("__stack_pointer").Value.AsI32()).Clear();
        return _instance.Capture(basis);
    }

    internal int Evaluate(ReadOnlySpan<byte> source, string file, bool module)
    {
        var code = Write(source);
        var name = Write(Encoding.UTF8.GetBytes(file));
        var value = Call("qjs_eval", code, source.Length, name, module ? ModuleFlag : 0);
        Call("wasm_free", code);
        Call("wasm_free", name);
        return value;
    }

    /// <summary>Calls a function value; the result may be an exception.</summary>
    internal int Apply(int function, ReadOnlySpan<int> arguments)
    {
        var vector = arguments.Length == 0 ? 0 : Malloc(arguments.Length * 4);
        for (var i = 0; i < arguments.Length; i++) _memory.WriteU32((uint)(vector + (i * 4)), (uint)arguments[i]);
        return Call("qjs_call", function, Call("qjs_get_undefined"), arguments.Length, vector);
    }

    /// <summary>Runs microtasks until none is left, or until <paramref name="stop"/>.</summary>
    internal void RunJobs(Func<bool> stop)
    {
        while (!stop() && Call("qjs_is_job_pending") != 0) Call("qjs_execute_pending_job");
    }

    internal bool IsException(int value) => Call("qjs_is_exception", value) != 0;

    internal int TakeException() => Call("qjs_get_exception");

    internal bool IsTrue(int value) => Call("qjs_get_bool", value) != 0;

    /// <summary>0 pending, 1 fulfilled, 2 rejected.</summary>
    internal int PromiseState(int promise) => Call("qjs_promise_state", promise);

    internal int PromiseResult(int promise) => Call("qjs_promise_result", promise);

    internal int NewString(ReadOnlySpan<byte> utf8)
    {
        var text = Write(utf8);
        var value = Call("qjs_new_string", text, utf8.Length);
        Call("wasm_free", text);
        return value;
    }

    internal int NewNumber(double value) => Export("qjs_new_number").Call(value).AsI32();

    internal int NewBoolean(bool value) => Call(value ? "qjs_get_true" : "qjs_get_false");

    internal int Undefined() => Call("qjs_get_undefined");

    /// <summary>Throws an Error into the code that is running, which a host function then answers with 0.</summary>
    internal void Throw(string message)
    {
        var error = Call("qjs_new_error");
        var name = Write("message"u8);
        Call("qjs_set_prop_string", error, name, NewString(Encoding.UTF8.GetBytes(message)));
        Call("wasm_free", name);
        Call("qjs_throw", error);
    }

    internal double ReadNumber(int value) => Export("qjs_get_float64").Call(value).AsF64();

    /// <summary>Copies a string out. Its length is looked at first, so that a guest cannot make the host allocate more than <paramref name="maxBytes"/>.</summary>
    /// <exception cref="LimitBreachException">It is longer.</exception>
    internal byte[] ReadString(int value, int maxBytes, string limitCode)
    {
        var lengthCell = Malloc(4);
        var text = Call("qjs_get_string_len", value, lengthCell);
        if (text == 0) return [];
        var length = _memory.ReadU32((uint)lengthCell);
        if (length > (uint)Math.Max(0, maxBytes)) throw new LimitBreachException(limitCode);
        var copy = _memory.Slice((uint)text, length).ToArray();
        Call("qjs_free_cstring", text);
        Call("wasm_free", lengthCell);
        return copy;
    }

    internal string ReadCString(int address)
    {
        var rest = _memory.Slice((uint)address, (uint)Math.Min(_memory.Length - (uint)address, 4096));
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    /// <summary>Copies bytes into memory that the guest owns, with a zero after them.</summary>
    internal int Write(ReadOnlySpan<byte> bytes)
    {
        var address = Malloc(bytes.Length + 1);
        var target = _memory.Slice((uint)address, (uint)bytes.Length + 1);
        bytes.CopyTo(target);
        target[^1] = 0;
        return address;
    }

    /// <summary>Whether a trap came of the guest's own stack running into address 0.</summary>
    internal bool StackOverflowed => _instance.GetGlobal("__stack_pointer").Value.AsI32() < StackOverflowMargin;

    public void Dispose() => _instance.Dispose();

    private int HostFunction(string name)
    {
        var text = Write(Encoding.UTF8.GetBytes(name));
        var value = Call("qjs_new_host_function", text, name.Length, 0);
        Call("wasm_free", text);
        return value;
    }

    private int Malloc(int bytes)
    {
        var address = Call("wasm_malloc", bytes);
        return address != 0 ? address : throw new LimitBreachException(ErrorCodes.MemoryLimit);
    }

    private Function Export(string name)
    {
        if (!_functions.TryGetValue(name, out var function)) _functions.Add(name, function = _instance.GetFunction(name));
        return function;
    }

    private int Call(string name) => Export(name).Call().AsI32();

    private int Call(string name, int a) => Export(name).Call(a).AsI32();

    private int Call(string name, int a, int b) => Export(name).Call(a, b).AsI32();

    private int Call(string name, int a, int b, int c) => Export(name).Call(a, b, c).AsI32();

    private int Call(string name, int a, int b, int c, int d) => Export(name).Call(a, b, c, d).AsI32();
}
