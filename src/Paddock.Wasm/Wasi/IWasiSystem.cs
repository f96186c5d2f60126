namespace Paddock.Wasm.Wasi;

/// <summary>What stands behind the WASI functions of one instance: no files, no sockets, and of everything else only what is answered here. All members are called on the guest's thread, inside guest code; an exception ends the guest.</summary>
public interface IWasiSystem
{
    /// <summary>Arguments in UTF-8, the program's name first. A zero byte ends an argument early.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Arguments { get; }

    /// <summary>Environment as <c>NAME=value</c> in UTF-8.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Environment { get; }

    /// <summary>Resolution of both clocks, in nanoseconds.</summary>
    long ClockResolution { get; }

    /// <summary>Nanoseconds since 1970 UTC.</summary>
    long WallClock();

    /// <summary>Nanoseconds since some moment; never goes back.</summary>
    long MonotonicClock();

    /// <summary>Fills <paramref name="buffer"/>, which is guest memory, with random bytes. Called with at most 64 KiB at once.</summary>
    void FillRandom(Span<byte> buffer);

    /// <summary>Standard input: the number of bytes put into <paramref name="buffer"/>, which is guest memory; 0 at the end.</summary>
    int Read(Span<byte> buffer);

    /// <summary>Standard output or error.</summary>
    /// <param name="error">Whether it is standard error.</param>
    /// <param name="bytes">Guest memory.</param>
    void Write(bool error, ReadOnlySpan<byte> bytes);

    /// <summary>Waits; ends early, with an exception, when the guest is interrupted.</summary>
    /// <param name="nanoseconds">How long; may be as long as the guest likes.</param>
    void Sleep(ulong nanoseconds);

    /// <summary>Called where the guest can keep the host busy without running code of its own; throws when the guest is interrupted.</summary>
    void ThrowIfInterrupted();
}
