namespace Paddock.Plugins;

/// <summary>A host call was refused, or failed. Left uncaught it is how the plugin's own call ends, with the same code.</summary>
/// <param name="code">Why, such as <c>PERMISSION_DENIED</c>.</param>
/// <param name="message">The same for a reader.</param>
public sealed class HostException(string code, string message) : Exception(message)
{
    /// <summary>Why, such as <c>PERMISSION_DENIED</c>.</summary>
    public string Code { get; } = code;
}
