namespace Paddock.Wasm.Wasi;

/// <summary>The guest called proc_exit. It passes through the guest's frames to whoever called it.</summary>
/// <param name="code">What it exits with; 0 is success.</param>
public sealed class WasiExitException(int code) : Exception($"The guest exited with {code}.")
{
    /// <summary>What it exits with; 0 is success.</summary>
    public int Code { get; } = code;
}
