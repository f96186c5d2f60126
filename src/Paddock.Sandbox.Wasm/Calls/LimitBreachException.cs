namespace Paddock.Sandbox.Wasm.Calls;

/// <summary>A limit was reached inside guest code. Passes through the guest's frames, which cannot catch it.</summary>
internal sealed class LimitBreachException(string code) : Exception(code)
{
    internal string Code { get; } = code;
}
