namespace Paddock.Sandbox.Protocol.Framing;

/// <summary>The messages that the host sends.</summary>
internal static class Messages
{
    /// <summary>Version of what host and guest say to each other.</summary>
    internal const int Version = 1;

    internal static void Initialize(FrameBuffer buffer, (long Id, (SandboxSpec Spec, string Runtime, bool Recorded) State) message) => Begin(buffer, message.Id)
        .Raw("\"initialize\",\"params\":{\"protocol\":"u8).Number(Version)
        .Raw(",\"entry\":"u8).Text(message.State.Spec.Entry)
        .Raw(",\"entryPoint\":"u8).Text(message.State.Spec.EntryPoint)
        .Raw(",\"runtime\":"u8).Text(message.State.Runtime)
        .Raw(message.State.Recorded ? ",\"recorded\":true}}"u8 : "}}"u8);

    internal static void Register(FrameBuffer buffer, (long Id, int State) message) => Begin(buffer, message.Id).Raw("\"register\",\"params\":{}}"u8);

    internal static void Ping(FrameBuffer buffer, (long Id, int State) message) => Begin(buffer, message.Id).Raw("\"ping\",\"params\":{}}"u8);

    internal static void Call(FrameBuffer buffer, (long Id, SandboxCall State) message)
    {
        var call = message.State;
        Begin(buffer, message.Id).Raw("\"call\",\"params\":{\"input\":"u8).Json(call.Input.Span);
        if (!string.IsNullOrEmpty(call.Function)) buffer.Raw(",\"function\":"u8).Text(call.Function);
        if (call.Config is { IsEmpty: false } config) buffer.Raw(",\"config\":"u8).Json(config.Span);
        if (call.Context is { IsEmpty: false } context) buffer.Raw(",\"context\":"u8).Json(context.Span);
        buffer.Raw("}}"u8);
    }

    internal static void Source(FrameBuffer buffer, (long Id, ReadOnlyMemory<byte> Value) message) =>
        buffer.Raw("{\"jsonrpc\":\"2.0\",\"id\":"u8).Number(message.Id).Raw(",\"result\":"u8).Json(message.Value.Span).Raw("}"u8);

    internal static void Shutdown(FrameBuffer buffer, int _) => buffer.Raw("{\"jsonrpc\":\"2.0\",\"method\":\"shutdown\"}"u8);

    internal static void Reply(FrameBuffer buffer, (long Id, HostReply Reply) message)
    {
        buffer.Raw("{\"jsonrpc\":\"2.0\",\"id\":"u8).Number(message.Id);
        if (message.Reply.Error is not { } error)
        {
            buffer.Raw(",\"result\":"u8).Json(message.Reply.Value.Span).Raw("}"u8);
            return;
        }

        buffer.Raw(",\"error\":{\"code\":-32000,\"message\":"u8).Text(error.Message).Raw(",\"data\":{\"code\":"u8).Text(error.Code).Raw("}}}"u8);
    }

    private static FrameBuffer Begin(FrameBuffer buffer, long id) => buffer.Raw("{\"jsonrpc\":\"2.0\",\"id\":"u8).Number(id).Raw(",\"method\":"u8);
}
