namespace Paddock.Sandbox.Container.Running;

/// <summary>Stands for a package that nobody has approved: it has no image, says nothing of itself and runs nothing.</summary>
internal sealed class UnapprovedSandbox : ISandbox
{
    public ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default) => ValueTask.FromResult(new CallResult
    {
        Status = CallStatus.Denied,
        Error = new CallError(ErrorCodes.PermissionDenied, "Nobody has approved it."),
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
