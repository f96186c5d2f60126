using System.Text;
using Paddock.Wasm.Wasi;

namespace Paddock.Wasm.Tests.Programs;

/// <summary>A system in which a program finds what a test gives it, and nothing else.</summary>
internal sealed class ScriptedSystem(string input, params string[] arguments) : IWasiSystem
{
    private readonly List<byte> _output = [];
    private readonly List<byte> _error = [];
    private ReadOnlyMemory<byte> _input = Encoding.UTF8.GetBytes(input);
    private long _now;

    public string Output => Encoding.UTF8.GetString([.. _output]);

    public string Error => Encoding.UTF8.GetString([.. _error]);

    public IReadOnlyList<ReadOnlyMemory<byte>> Arguments { get; } = [.. arguments.Select(a => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(a)))];

    public IReadOnlyList<ReadOnlyMemory<byte>> Environment => [];

    public long ClockResolution => 1000;

    public long WallClock() => 1_700_000_000_000_000_000;

    public long MonotonicClock() => _now += 1000;

    public void FillRandom(Span<byte> buffer) => buffer.Fill(7);

    public int Read(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _input.Length);
        _input.Span[..count].CopyTo(buffer);
        _input = _input[count..];
        return count;
    }

    public void Write(bool error, ReadOnlySpan<byte> bytes) => (error ? _error : _output).AddRange(bytes);

    public void Sleep(ulong nanoseconds) => _now += (long)nanoseconds;

    public void ThrowIfInterrupted()
    {
        // Nobody interrupts it.
    }
}
