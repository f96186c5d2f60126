namespace Paddock.Wasm;

/// <summary>The last argument of every compiled function: an <see cref="Instance"/> for a guest's, a <see cref="HostTarget"/> for the host's.</summary>
public abstract class CallTarget
{
    private protected CallTarget()
    {
    }

    // Results after the first travel here: written by the callee just before it returns, read by the caller just after.
    internal long[] ExtraBits = [];
    internal object?[] ExtraReferences = [];

    internal void EnsureExtra(int results)
    {
        if (ExtraBits.Length >= results) return;
        ExtraBits = new long[results];
        ExtraReferences = new object?[results];
    }
}

/// <summary>The host's side of a function that the host provides.</summary>
internal sealed class HostTarget(FuncType type, HostCallback callback) : CallTarget
{
    internal void Invoke(WasmValue[] arguments, WasmValue[] results)
    {
        callback(arguments, results);
        EnsureExtra(type.Results.Count);
        for (var i = 1; i < results.Length; i++)
        {
            ExtraBits[i] = results[i].Bits;
            ExtraReferences[i] = results[i].Reference;
        }
    }
}
