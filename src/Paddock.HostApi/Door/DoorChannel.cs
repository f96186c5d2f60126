using System.Diagnostics;
using Paddock.HostApi.Http;

namespace Paddock.HostApi.Door;

/// <summary>The door, with one plugin's and one call's name on it.</summary>
internal sealed class DoorChannel(HostDoor door, HostCallScope scope, PluginLedger ledger, ActivityContext parent) : IHostChannel
{
    internal HostCallScope Scope { get; } = scope;

    internal PluginLedger Ledger { get; } = ledger;

    internal ActivityContext Parent { get; } = parent;

    public async ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await door.InvokeAsync(this, function, arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return HostReply.Fail(Failed(function, e, cancellationToken));
        }
    }

    public async ValueTask<DirectAccess> DirectAccessAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await door.DirectAccessAsync(Scope, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return DirectAccess.None with { Refusal = Failed(HostDoor.Shows, e, cancellationToken) };
        }
    }

    public async ValueTask<HostConnection> ConnectAsync(string origin, CancellationToken cancellationToken)
    {
        try
        {
            return await door.ConnectAsync(this, origin, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return new HostConnection(null, Failed(HttpConnectFunction.FunctionName, e, cancellationToken));
        }
    }

    private CallError Failed(string function, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested) return new CallError(ErrorCodes.Cancelled, "The call is over.");
        Ledger.Failed();
        return door.Fault(function, exception).Error!;
    }
}
