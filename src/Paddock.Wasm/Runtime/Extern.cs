namespace Paddock.Wasm;

/// <summary>Something that can be imported and exported: a <see cref="Function"/>, <see cref="Table"/>, <see cref="LinearMemory"/> or <see cref="Global"/>.</summary>
public abstract class Extern
{
    private protected Extern()
    {
    }

    internal abstract ExternKind Kind { get; }
}
