namespace Paddock;

/// <summary>The data directory or its database cannot be used as it is. The host does not start.</summary>
public sealed class StoreException : Exception
{
    internal StoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
