using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Paddock.AspNetCore;

/// <summary><c>/api/jobs</c>: what plugins run by the clock, and what came of it. Operators only.</summary>
internal static class JobEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.Get("", ListAsync).As("ListJobs", "List the jobs of running plugins", PaddockPolicies.Operator)
            .WithQuery("plugin", "string", "Only that plugin's.").Produces<ListResponse<JobResponse>>();
        group.Get("/history", HistoryAsync).As("ListJobRuns", "List runs of jobs, newest first", PaddockPolicies.Operator)
            .WithQuery("plugin", "string", "Only that plugin's.").WithQuery("job", "string", "Only those of jobs with that id.")
            .WithQuery("limit", "integer", "1 to 200, 50 by default.").Produces<ListResponse<JobRunResponse>>();
        group.Post("/{name}/{job}/run", RunAsync).As("RunJob", "Begin a run of a plugin's job at once", PaddockPolicies.Operator).Produces<JobRunResponse>();
    }

    private static async Task<IResult> ListAsync(HttpContext context)
    {
        var jobs = await context.Service<IJobs>().ListAsync(context.Caller(), Query.Text(context, "plugin"), context.RequestAborted);
        return Wire.Ok(new ListResponse<JobResponse>([.. jobs.OrRefuse().Select(JobResponse.From)]));
    }

    private static async Task<IResult> HistoryAsync(HttpContext context)
    {
        int limit = Query.Number(context, "limit", 50, 1, 200);
        var runs = await context.Service<IJobs>().HistoryAsync(context.Caller(), Query.Text(context, "plugin"), Query.Text(context, "job"), limit, context.RequestAborted);
        return Wire.Ok(new ListResponse<JobRunResponse>([.. runs.OrRefuse().Select(JobRunResponse.From)]));
    }

    private static async Task<IResult> RunAsync(HttpContext context, string name, string job)
    {
        await context.NoBodyAsync();
        var run = await context.Service<IJobs>().RunNowAsync(context.Caller(), name, job, context.RequestAborted);
        return Wire.Ok(JobRunResponse.From(run.OrRefuse()));
    }
}
