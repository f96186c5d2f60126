namespace Paddock.Wasm.Conformance;

/// <summary>Runs one file of the suite.</summary>
public static class SuiteRunner
{
    /// <summary>Stack of the thread a file runs on. Known, because exhausting it is among what the suite asserts.</summary>
    private const int StackBytes = 16 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs every command of <paramref name="name"/>; a command that goes wrong is a failure in the result, never an exception.</summary>
    public static SuiteResult Run(SuiteArchive archive, string name)
    {
        SuiteResult? result = null;
        var thread = new Thread(() => result = RunHere(archive, name), StackBytes) { IsBackground = true };
        thread.Start();
        return thread.Join(s_patience) ? result! : new SuiteResult(name, 0, 0, [$"{name}: not done after {s_patience}"]);
    }

    private static SuiteResult RunHere(SuiteArchive archive, string name)
    {
        using var session = new SuiteSession(archive);
        var (passed, notApplicable, failures) = (0, 0, new List<string>());
        foreach (var command in SuiteScript.Parse(archive[$"{name}.json"]).Commands)
        {
            if (command is { Type: "assert_malformed", ModuleType: "text" })
            {
                notApplicable++;
                continue;
            }

            if (Complaint(session, command) is { } complaint) failures.Add($"{name}.wast:{command.Line} {command.Type} {command.Action?.Field}: {complaint}");
            else passed++;
        }

        return new SuiteResult(name, passed, notApplicable, failures);
    }

    /// <summary>What is wrong with the outcome of a command; null when nothing is.</summary>
    private static string? Complaint(SuiteSession session, SuiteCommand command)
    {
        try
        {
            return command.Type switch
            {
                "module" => Done(() => session.Define(command)),
                "register" => Done(() => session.Register(command)),
                "action" => Done(() => session.Perform(command.Action!)),
                "assert_return" => Compare(command.Expected ?? [], session.Perform(command.Action!)),
                "assert_trap" or "assert_exhaustion" => ExpectTrap(command, () => session.Perform(command.Action!)),
                "assert_uninstantiable" => ExpectTrap(command, () => session.Instantiate(command)),
                "assert_unlinkable" => ExpectRefusal(WasmErrorKind.Unlinkable, () => session.Instantiate(command)),
                "assert_invalid" => ExpectInvalid(session, command),
                "assert_malformed" => ExpectRefusal(WasmErrorKind.Malformed, () => session.Decode(command)),
                _ => "unknown command",
            };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    private static string? Done(Action action)
    {
        action();
        return null;
    }

    private static string? Compare(IReadOnlyList<SuiteValue> expected, WasmValue[] actual)
    {
        if (expected.Count != actual.Length) return $"{expected.Count} results expected, {actual.Length} returned";
        for (var i = 0; i < actual.Length; i++)
        {
            if (!SuiteValues.Matches(expected[i], actual[i]))
                return $"result {i}: {expected[i].Type} {expected[i].Text} expected, {SuiteValues.Show(expected[i], actual[i])} returned";
        }

        return null;
    }

    private static string? ExpectTrap(SuiteCommand command, Action action)
    {
        var code = TrapTexts.CodeOf(command.Text);
        try
        {
            action();
            return $"trap {code} expected";
        }
        catch (TrapException trap)
        {
            return trap.Code == code ? null : $"trap {code} expected, {trap.Code} raised";
        }
    }

    /// <summary>Well-formed, and refused by the validator: an invalid module that the decoder refuses is a failure too.</summary>
    private static string? ExpectInvalid(SuiteSession session, SuiteCommand command)
    {
        var module = session.Decode(command);
        return ExpectRefusal(WasmErrorKind.Invalid, () => ModuleValidator.Validate(module));
    }

    private static string? ExpectRefusal(WasmErrorKind kind, Action action)
    {
        try
        {
            action();
            return $"{kind} expected, accepted";
        }
        catch (WasmException refusal)
        {
            return refusal.Kind == kind ? null : $"{kind} expected: {refusal.Kind}, {refusal.Message}";
        }
    }
}
