namespace Paddock;

/// <summary>Whether the host is able to serve, for a readiness check.</summary>
public interface IPaddockStatus
{
    /// <summary>Reads from and writes to the store, and lists the runtimes. Never throws: what fails is in the answer.</summary>
    ValueTask<PaddockStatus> CheckAsync(CancellationToken cancellationToken = default);
}
