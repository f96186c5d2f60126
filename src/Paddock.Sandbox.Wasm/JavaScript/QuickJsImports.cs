using System.Text;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Wasm;
using ValueType = Paddock.Wasm.ValueType;

namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>What QuickJS imports: the bridge, its clocks, randomness, modules of the package, and of WASI nothing that has an effect.</summary>
internal sealed class QuickJsImports(QuickJs guest)
{
    private const int WasiSuccess = 0, WasiBadFile = 8, WasiNotSupported = 52, RealTimeClock = 0;
    private const int MaxHostCallBytes = 16 << 20, MaxNameBytes = 200;
    private const ValueType I32 = ValueType.I32, I64 = ValueType.I64;

    // One set of types for all instances: the code behind a host function is made once for each type.
    private static readonly FuncType None = new([], [I32]), Two = new([I32, I32], [I32]), Four = new([I32, I32, I32, I32], [I32]);
    private static readonly FuncType One = new([I32], [I32]), Three = new([I32, I32, I32], []), Five = new([I32, I32, I32, I32, I32], [I32]);
    private static readonly FuncType Clock = new([I32, I64, I32], [I32]), Seek = new([I32, I64, I32, I32], [I32]);

    internal Imports ToImports() => new Imports()
        .Add("env", "host_call", Function.FromHost(Five, HostCall))
        .Add("env", "host_interrupt", Function.FromHost(None, static (_, r) => r[0] = 0))
        .Add("env", "host_promise_rejection", Function.FromHost(Three, static (_, _) => { }))
        .Add("env", "host_module_normalize", Function.FromHost(Two, NormalizeModule))
        .Add("env", "host_module_load", Function.FromHost(Two, LoadModule))
        .Add("env", "host_get_timezone_offset", Function.FromHost(Two, ZoneOffset))
        .Add("wasi_snapshot_preview1", "clock_time_get", Function.FromHost(Clock, ClockTime))
        .Add("wasi_snapshot_preview1", "random_get", Function.FromHost(Two, Random))
        .Add("wasi_snapshot_preview1", "fd_close", Function.FromHost(One, static (_, r) => r[0] = WasiNotSupported))
        .Add("wasi_snapshot_preview1", "fd_fdstat_get", Function.FromHost(Two, static (_, r) => r[0] = WasiBadFile))
        .Add("wasi_snapshot_preview1", "fd_seek", Function.FromHost(Seek, static (_, r) => r[0] = WasiNotSupported))
        .Add("wasi_snapshot_preview1", "fd_write", Function.FromHost(Four, static (_, r) => r[0] = WasiBadFile));

    private IGuestHost Host => guest.Host ?? throw new InvalidOperationException("The instance has no host.");

    /// <summary>(name, name length, this, argc, argv) → value. The names are the three host functions that only the bridge holds.</summary>
    private void HostCall(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
    {
        var name = guest.Memory.Slice((uint)arguments[0].AsI32(), 1)[0];
        var vector = (uint)arguments[4].AsI32();
        switch ((char)name, arguments[3].AsI32())
        {
            case ('c', 3):
                Ask(Argument(vector, 0), Argument(vector, 1), Argument(vector, 2));
                break;
            case ('l', 2):
                Host.Log(Severity(guest.ReadNumber(Argument(vector, 0))), Text(Argument(vector, 1), Host.LogBytesLeft, ErrorCodes.LogLimit));
                break;
            case ('d', 2):
                var outcome = OutcomeOf(Text(Argument(vector, 0), MaxNameBytes, ErrorCodes.ResultLimit));
                Host.Done(outcome, guest.ReadString(Argument(vector, 1), outcome == GuestOutcome.Value ? Host.ResultBytes : MaxHostCallBytes, ErrorCodes.ResultLimit));
                break;
        }

        results[0] = guest.Undefined();
    }

    private void Ask(int id, int name, int arguments) => Host.HostCall(
        (int)guest.ReadNumber(id), Text(name, MaxNameBytes, ErrorCodes.HostCallLimit), guest.ReadString(arguments, MaxHostCallBytes, ErrorCodes.HostCallLimit));

    private int Argument(uint vector, uint index) => (int)guest.Memory.ReadU32(vector + (index * 4));

    private string Text(int value, int maxBytes, string limitCode) => GuestText.Clean(Encoding.UTF8.GetString(guest.ReadString(value, maxBytes, limitCode)));

    private static LogSeverity Severity(double level) => level switch
    {
        >= 3 => LogSeverity.Error,
        >= 2 => LogSeverity.Warn,
        >= 1 => LogSeverity.Info,
        _ => LogSeverity.Debug,
    };

    private static GuestOutcome OutcomeOf(string kind) => kind switch
    {
        "V" => GuestOutcome.Value,
        "R" => GuestOutcome.ResultInvalid,
        "N" => GuestOutcome.NotFound,
        _ => GuestOutcome.Error,
    };

    private void ClockTime(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
    {
        var nanoseconds = arguments[0].AsI32() == RealTimeClock ? Host.WallClock() * 1_000_000 : Host.CallClock();
        guest.Memory.WriteU64((uint)arguments[2].AsI32(), (ulong)nanoseconds);
        results[0] = WasiSuccess;
    }

    private void Random(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
    {
        Host.Fill(guest.Memory.Slice((uint)arguments[0].AsI32(), (uint)arguments[1].AsI32()));
        results[0] = WasiSuccess;
    }

    private void ZoneOffset(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results) =>
        results[0] = Host.ZoneOffset(((long)arguments[0].AsI32() << 32) | (uint)arguments[1].AsI32());

    /// <summary>(importing module, specifier) → path within the package, or 0, which makes the import fail.</summary>
    private void NormalizeModule(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
    {
        var path = ModulePath.Resolve(guest.ReadCString(arguments[0].AsI32()), guest.ReadCString(arguments[1].AsI32()));
        results[0] = guest.Write(Encoding.UTF8.GetBytes(path));
    }

    /// <summary>(path, address of the length) → source, or 0.</summary>
    private void LoadModule(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results)
    {
        var path = guest.ReadCString(arguments[0].AsI32());
        if (Host.Module(path) is not { } source)
        {
            guest.Throw($"The package has no module \"{GuestText.Clean(path)}\".");
            results[0] = 0;
            return;
        }

        results[0] = guest.Write(source.Span);
        guest.Memory.WriteU32((uint)arguments[1].AsI32(), (uint)source.Length);
    }
}
