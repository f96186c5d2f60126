using System.CommandLine;

namespace Paddock.Cli;

/// <summary><c>paddock jobs</c>: what plugins run by the clock, and what came of it.</summary>
internal static class JobsCommand
{
    private const string Skipped = "skipped";

    public static Command Create() => new("jobs", "What plugins run by the clock.") { List(), Run(), History() };

    private static Command List()
    {
        var name = Package();
        return HostCommand.Create("list", "List jobs with their next and their newest run. Without a server: those that would run on one.", async (parsed, host, cancellationToken) =>
        {
            foreach (var job in await host.JobsAsync(parsed.GetValue(name), cancellationToken))
            {
                string next = !job.Enabled ? "not enabled" : job.Next is { } at ? $"next {at:u}" : "no next run";
                string last = job.Last is { } run ? $"  last {run.Outcome} {run.ScheduledAt:u}" : "";
                await Console.Out.WriteLineAsync(Terminal.Clean($"{job.Plugin} {job.Id}  {job.Schedule} {job.TimeZone}  {next}{last}"));
            }

            return ExitCode.Completed;
        }, name);
    }

    private static Command Run()
    {
        var name = PackageCommands.Name();
        var job = new Argument<string>("JOB") { Description = "Id of the job." };
        return HostCommand.Create("run", "Begin a run of a job at once, on a running server. What comes of it is in the history.", async (parsed, host, cancellationToken) =>
        {
            var run = await host.RunJobAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(job), cancellationToken);
            await ShowAsync(run);
            return run.Outcome == Skipped ? ExitCode.Denied : ExitCode.Completed;
        }, name, job);
    }

    private static Command History()
    {
        var name = Package();
        var job = new Option<string?>("--job") { Description = "Of jobs with this id only.", HelpName = "JOB" };
        var limit = new Option<int>("--limit") { Description = "Most runs, 1 to 200.", DefaultValueFactory = _ => 50, HelpName = "NUMBER" };
        return HostCommand.Create("history", "List runs of jobs, newest first.", async (parsed, host, cancellationToken) =>
        {
            foreach (var run in await host.JobHistoryAsync(parsed.GetValue(name), parsed.GetValue(job), parsed.GetValue(limit), cancellationToken)) await ShowAsync(run);
            return ExitCode.Completed;
        }, name, job, limit);
    }

    private static Argument<string?> Package() => new("NAME") { Description = "Of one package only.", Arity = ArgumentArity.ZeroOrOne };

    private static Task ShowAsync(JobRunView run)
    {
        string took = run.DurationMs is { } ms ? $"  {ms:0} ms" : "";
        string why = run.Code is { } code ? $"  {code}: {run.Message}" : "";
        string execution = run.ExecutionId is { } id ? $"  {id}" : "";
        return Console.Out.WriteLineAsync(Terminal.Clean($"{run.Id}  {run.ScheduledAt:u}  {run.Plugin} {run.Job}  {run.Outcome}{took}  by {run.Actor}{execution}{why}"));
    }
}
