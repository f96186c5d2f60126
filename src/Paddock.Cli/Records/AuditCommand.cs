using System.CommandLine;

namespace Paddock.Cli;

/// <summary><c>paddock audit verify</c>: whether the audit is as it was written. Works beside a running server.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var data = DataOption.Create();
        var head = new Option<string?>("--head") { Description = "A head that an earlier verify printed, kept elsewhere: finds a whole directory that was put back.", HelpName = "SEQUENCE:MAC" };
        head.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !AuditHead.TryParse(text, out _)) result.AddError("--head takes what an earlier verify printed, SEQUENCE:MAC.");
        });
        var verify = new Command("verify", "Recompute the audit's chain with its key. Prints its head; keep that elsewhere.") { data, head };
        verify.SetAction((parsed, cancellationToken) => VerifyAsync(DataOption.Path(parsed, data), AuditHead.TryParse(parsed.GetValue(head), out var expected) ? expected : null, cancellationToken));
        return new Command("audit", "The record of what was decided about every effect.") { verify };
    }

    private static async Task<int> VerifyAsync(string data, AuditHead? expected, CancellationToken cancellationToken)
    {
        var found = AuditInspection.Verify(data, expected, cancellationToken);
        if (!found.Intact)
            return await FindingOutput.ProblemAsync($"{found.Fault}: {Meaning(found)} Keep a copy of {data}, and find out who could write to it.");
        await Console.Out.WriteLineAsync($"intact: {found.Records} records\nhead: {new AuditHead(found.HeadSequence, found.Head)}");
        return ExitCode.Completed;
    }

    private static string Meaning(AuditVerification found) => found.Fault switch
    {
        AuditFaults.Rewritten => $"record {found.FirstBroken} is not what was written, or one before it is missing.",
        AuditFaults.Truncated => $"records from {found.FirstBroken} on are missing.",
        AuditFaults.Unsealed => "an end of the chain is missing or sealed with another key: the audit was emptied or recomputed, or its key replaced.",
        AuditFaults.AnchorMissing => "the head kept beside the database (audit.head) is missing or sealed with another key.",
        _ => $"the audit does not hold record {found.FirstBroken} as it had it before: an older copy was put back.",
    };
}
