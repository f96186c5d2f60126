namespace Paddock;

/// <summary>Stopping everything, and starting again.</summary>
public interface IHostControl
{
    /// <summary>Whether the host was started, or put, in safe mode: no plugin is loaded, none answers, none contributes. Installing, configuring and reviewing work.</summary>
    bool IsSafeMode { get; }

    /// <summary>Puts the host in safe mode: calls under way are cancelled, sandboxes disposed, contributions taken away. Until <see cref="ResumeAsync"/> or the next start. Operators only.</summary>
    ValueTask<Result<bool>> StopAllAsync(Principal principal, CancellationToken cancellationToken = default);

    /// <summary>Leaves safe mode. Operators only.</summary>
    ValueTask<Result<bool>> ResumeAsync(Principal principal, CancellationToken cancellationToken = default);
}
