using Paddock.Wasm.Wasi;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>What an instance sees of the system: whatever its call of the moment gives it.</summary>
internal sealed class GuestSystem(WasmGuest guest) : IWasiSystem
{
    public IReadOnlyList<ReadOnlyMemory<byte>> Arguments => guest.Call.Arguments;

    public IReadOnlyList<ReadOnlyMemory<byte>> Environment => guest.Call.Environment;

    public long ClockResolution => 100_000;

    public long WallClock() => guest.Call.WallClock();

    public long MonotonicClock() => guest.Call.MonotonicClock();

    public void FillRandom(Span<byte> buffer) => guest.Call.FillRandom(buffer);

    public int Read(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, guest.Call.Input.Length);
        guest.Call.Input.Span[..count].CopyTo(buffer);
        guest.Call.Input = guest.Call.Input[count..];
        return count;
    }

    public void Write(bool error, ReadOnlySpan<byte> bytes) => guest.Call.Write(error, bytes);

    public void Sleep(ulong nanoseconds) => guest.Call.Sleep(nanoseconds);

    public void ThrowIfInterrupted() => guest.Call.Deadline.ThrowIfReached();
}
