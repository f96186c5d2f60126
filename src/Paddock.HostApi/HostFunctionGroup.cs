namespace Paddock.HostApi;

/// <summary>Host functions that share what they need (a database, a mail server). A host offers the groups that it gives to its <see cref="HostDoor"/>, and no other.</summary>
public abstract class HostFunctionGroup
{
    /// <summary>Only this project makes functions: they are the only code that has effects for a guest.</summary>
    private protected HostFunctionGroup()
    {
    }

    internal abstract IEnumerable<HostFunction> Create(HostApiOptions options, TimeProvider clock);
}
