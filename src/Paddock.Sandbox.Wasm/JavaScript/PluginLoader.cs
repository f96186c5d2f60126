using System.Text;
using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>Runs a plugin's top-level code once, with every host call refused, and keeps the heap it leaves.</summary>
internal static class PluginLoader
{
    internal static InstanceImage Load(QuickJs guest, EngineImage engine, SandboxSpec spec, CallSession session)
    {
        guest.Begin(engine.Image, session, session.Limits);
        var source = spec.Files[spec.Entry].Span;
        var found = LoadCommonJs(guest, engine, spec, session, source, out var scriptError)
            || LoadModule(guest, engine, spec, session, source, scriptError);
        if (!found) throw Failed(new CallError(ErrorCodes.EntryPointNotFound, Missing(spec)));
        return guest.Capture(engine.Image);
    }

    private static string Missing(SandboxSpec spec) => spec.EntryPoint is { } name
        ? $"Nothing to call: export a function, or one named \"{name}\", or a default."
        : "Nothing to call: export a function, or a default.";

    /// <summary>False with a syntax error when the source is no function body; it may then be a module.</summary>
    private static bool LoadCommonJs(QuickJs guest, EngineImage engine, SandboxSpec spec, CallSession session, ReadOnlySpan<byte> source, out CallError? syntaxError)
    {
        syntaxError = null;
        byte[] wrapped = [.. Encoding.UTF8.GetBytes(GuestError.WrapperStart), .. source, .. "\n})"u8];
        var wrapper = guest.Evaluate(wrapped, spec.Entry, module: false);
        if (guest.IsException(wrapper))
        {
            syntaxError = Describe(guest, engine, spec, guest.TakeException(), ErrorCodes.CompileError);
            return GuestError.IsSyntaxError(syntaxError) ? false : throw Failed(syntaxError);
        }

        return Finish(guest, engine, spec, session, "cjs", wrapper) ? true : throw Failed(new CallError(ErrorCodes.EntryPointNotFound, Missing(spec)));
    }

    private static bool LoadModule(QuickJs guest, EngineImage engine, SandboxSpec spec, CallSession session, ReadOnlySpan<byte> source, CallError? scriptError)
    {
        var promise = guest.Evaluate(source, spec.Entry, module: true);
        if (guest.IsException(promise))
        {
            var error = Describe(guest, engine, spec, guest.TakeException(), ErrorCodes.CompileError);
            throw Failed(LooksLikeModule(source) || scriptError is null ? error : scriptError);
        }

        guest.RunJobs(static () => false);
        return guest.PromiseState(promise) switch
        {
            1 => Finish(guest, engine, spec, session, "esm", guest.PromiseResult(promise)),
            2 => throw Failed(Describe(guest, engine, spec, guest.PromiseResult(promise), ErrorCodes.GuestError)),
            _ => throw Failed(new CallError(ErrorCodes.GuestDeadlock, "The module awaits something that never comes; nothing of the host is available at its top level.")),
        };
    }

    private static bool LooksLikeModule(ReadOnlySpan<byte> source) =>
        source.IndexOf("import"u8) >= 0 || source.IndexOf("export "u8) >= 0 || source.IndexOf("export{"u8) >= 0;

    private static bool Finish(QuickJs guest, EngineImage engine, SandboxSpec spec, CallSession session, string operation, int target)
    {
        int[] arguments = [guest.NewString(Encoding.UTF8.GetBytes(operation)), target, guest.NewString(Encoding.UTF8.GetBytes(spec.EntryPoint ?? ""))];
        var result = guest.Apply(engine.Bridge, arguments);
        if (guest.IsException(result)) throw Failed(Describe(guest, engine, spec, guest.TakeException(), ErrorCodes.GuestError));
        guest.RunJobs(static () => false);
        RefusePending(guest, engine, session);
        return guest.IsTrue(result);
    }

    /// <summary>Whatever the top level asked of the host is refused now, so that no promise of the host's is in the image.</summary>
    private static void RefusePending(QuickJs guest, EngineImage engine, CallSession session)
    {
        while (session.Requested.Count > 0)
        {
            var requests = session.Requested.ToArray();
            session.Requested.Clear();
            foreach (var request in requests)
                HostReplies.Settle(guest, engine, request.Id, HostReply.Fail(ErrorCodes.HostCallRefused, "Host calls are not available while a plugin initialises."));
            guest.RunJobs(static () => false);
        }
    }

    private static CallError Describe(QuickJs guest, EngineImage engine, SandboxSpec spec, int thrown, string code)
    {
        var json = guest.Apply(engine.Bridge, [guest.NewString("describe"u8), thrown]);
        return guest.IsException(json)
            ? new CallError(code, "The plugin failed while it was loaded.")
            : GuestError.Parse(guest.ReadString(json, 1 << 20, ErrorCodes.ResultLimit), code, spec.Entry);
    }

    private static SandboxLoadException Failed(CallError error) => new(error);
}
