using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Paddock.Cli;

/// <summary>A running server, over its HTTP interface.</summary>
internal sealed class HttpLink : IHostLink
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private readonly HttpClient _http;

    public HttpLink(Uri server, string token)
    {
        // SECURITY: a redirect would take the token to wherever it points.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = server, Timeout = TimeSpan.FromMinutes(6) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<IReadOnlyList<PackageView>> ListAsync(CancellationToken cancellationToken) => Items<PackageView>(await SendAsync(HttpMethod.Get, "/api/packages", null, cancellationToken));

    public async Task<InstallView> InstallAsync(string fileName, byte[] content, CancellationToken cancellationToken)
    {
        using var body = new ByteArrayContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var answer = await SendAsync(HttpMethod.Post, $"/api/packages?name={Part(fileName)}", body, cancellationToken);
        return new InstallView(Read<PackageView>(answer.GetProperty("package")), answer.GetProperty("digest").GetString()!, answer.GetProperty("active").GetBoolean(), FindingsIn(answer));
    }

    public async Task<PolicyView> PolicyAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Get, $"/api/packages/{Part(name)}/policy", null, cancellationToken);
        var lines = answer.GetProperty("lines").EnumerateArray().Select(l => new PolicyLineView(
            Text(l, "kind")!, Text(l, "subject")!, Text(l, "asked"), Text(l, "granted"), Text(l, "effective"), l.TryGetProperty("whyNot", out var why) && why.ValueKind == JsonValueKind.Object ? FindingOf(why) : null));
        return new PolicyView(answer.GetProperty("policy"), answer.GetProperty("digest").GetString()!, [.. lines]);
    }

    public Task<PackageView> SetPolicyAsync(string name, JsonElement policy, string reviewedDigest, CancellationToken cancellationToken) =>
        PackageAsync(HttpMethod.Put, $"{Part(name)}/policy", new { policy, reviewedDigest }, cancellationToken);

    public async Task<JsonElement> ProposeAsync(string name, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Get, $"/api/packages/{Part(name)}/proposal", null, cancellationToken)).GetProperty("policy");

    public Task<PackageView> EnableAsync(string name, bool enabled, CancellationToken cancellationToken) =>
        PackageAsync(HttpMethod.Post, $"{Part(name)}/{(enabled ? "enable" : "disable")}", null, cancellationToken);

    public Task<PackageView> RollbackAsync(string name, string? digest, CancellationToken cancellationToken) =>
        PackageAsync(HttpMethod.Post, $"{Part(name)}/rollback", digest is null ? null : new { digest }, cancellationToken);

    public Task<PackageView> UninstallAsync(string name, bool purge, CancellationToken cancellationToken) =>
        PackageAsync(HttpMethod.Delete, purge ? $"{Part(name)}?purge=true" : Part(name), null, cancellationToken);

    public async Task<ConfigView> ConfigAsync(string name, CancellationToken cancellationToken) =>
        Read<ConfigView>(await SendAsync(HttpMethod.Get, $"/api/packages/{Part(name)}/config", null, cancellationToken));

    public Task<PackageView> SetConfigAsync(string name, JsonElement config, CancellationToken cancellationToken) => PackageAsync(HttpMethod.Put, $"{Part(name)}/config", config, cancellationToken);

    public Task<PackageView> SetSecretAsync(string name, string secret, string? value, CancellationToken cancellationToken) =>
        PackageAsync(value is null ? HttpMethod.Delete : HttpMethod.Put, $"{Part(name)}/secrets/{Part(secret)}", value is null ? null : new { value }, cancellationToken);

    public async Task<IReadOnlyList<LogView>> LogsAsync(string? plugin, string level, int limit, CancellationToken cancellationToken)
    {
        string only = plugin is null ? "" : $"&plugin={Part(plugin)}";
        return Items<LogView>(await SendAsync(HttpMethod.Get, $"/api/host/logs?level={level}&limit={limit}{only}", null, cancellationToken));
    }

    public async Task<IReadOnlyList<KeyView>> KeysAsync(CancellationToken cancellationToken) => Items<KeyView>(await SendAsync(HttpMethod.Get, "/api/host/keys", null, cancellationToken));

    public async Task<KeyView> TrustAsync(string publicKeyPem, string publisher, CancellationToken cancellationToken) =>
        Read<KeyView>(await SendAsync(HttpMethod.Post, "/api/host/keys", Json(new { publicKey = publicKeyPem, publisher }), cancellationToken));

    public async Task<KeyView> RevokeKeyAsync(string id, CancellationToken cancellationToken) => Read<KeyView>(await SendAsync(HttpMethod.Delete, $"/api/host/keys/{Part(id)}", null, cancellationToken));

    public async Task RevokePackageAsync(string digest, string reason, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Post, "/api/host/revocations", Json(new { digest, reason }), cancellationToken);

    public async Task<IReadOnlyList<JobView>> JobsAsync(string? plugin, CancellationToken cancellationToken) =>
        Items<JobView>(await SendAsync(HttpMethod.Get, "/api/jobs" + (plugin is null ? "" : $"?plugin={Part(plugin)}"), null, cancellationToken));

    public async Task<JobRunView> RunJobAsync(string plugin, string job, CancellationToken cancellationToken) =>
        Read<JobRunView>(await SendAsync(HttpMethod.Post, $"/api/jobs/{Part(plugin)}/{Part(job)}/run", null, cancellationToken));

    public async Task<IReadOnlyList<JobRunView>> JobHistoryAsync(string? plugin, string? job, int limit, CancellationToken cancellationToken)
    {
        string only = (plugin is null ? "" : $"&plugin={Part(plugin)}") + (job is null ? "" : $"&job={Part(job)}");
        return Items<JobRunView>(await SendAsync(HttpMethod.Get, $"/api/jobs/history?limit={limit}{only}", null, cancellationToken));
    }

    public async Task<ConsentView> RecordAsync(string plugin, int hours, CancellationToken cancellationToken) =>
        Read<ConsentView>(await SendAsync(HttpMethod.Post, $"/api/replays/plugins/{Part(plugin)}/enable", Json(new { hours }), cancellationToken));

    public async Task<int> StopRecordingAsync(string plugin, bool purge, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Post, $"/api/replays/plugins/{Part(plugin)}/disable{(purge ? "?purge=true" : "")}", null, cancellationToken)).GetProperty("removed").GetInt32();

    public async Task<IReadOnlyList<RecordingView>> RecordingsAsync(string? plugin, CancellationToken cancellationToken) =>
        Items<RecordingView>(await SendAsync(HttpMethod.Get, "/api/replays?limit=200" + (plugin is null ? "" : $"&plugin={Part(plugin)}"), null, cancellationToken));

    public async Task<ReplayView> ReplayAsync(string id, CancellationToken cancellationToken) =>
        ReplayAnswer.Read(await SendAsync(HttpMethod.Post, $"/api/replays/{Part(id)}/run", null, cancellationToken));

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<PackageView> PackageAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken) =>
        Read<PackageView>(await SendAsync(method, "/api/packages/" + path, body is null ? null : Json(body), cancellationToken));

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            byte[] text = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.IsSuccessStatusCode ? Parse(text) : throw Refusal(response.StatusCode, text);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw new CommandException($"{_http.BaseAddress} does not answer as a Paddock server: {e.Message} Is it running, and is --url right?");
        }
    }

    private Exception Refusal(HttpStatusCode status, byte[] text)
    {
        if (status == HttpStatusCode.Unauthorized) return new CommandException("The server does not know the token. Put an operator's token into PADDOCK_TOKEN, or its file's name after --token-file.");
        try
        {
            var problem = Parse(text);
            return new RefusedException(Text(problem, "title") ?? $"HTTP_{(int)status}", Text(problem, "detail") ?? status.ToString(), FindingsIn(problem));
        }
        catch (JsonException)
        {
            return new CommandException($"{_http.BaseAddress} answered {(int)status}. Is it a Paddock server of this version?");
        }
    }

    // A plugin's result may be deep.
    private static JsonElement Parse(byte[] text) => text.Length == 0 ? default : JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = 1024 });

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body, Web), Encoding.UTF8, "application/json");

    private static string Part(string text) => Uri.EscapeDataString(text);

    private static T Read<T>(JsonElement element) => element.Deserialize<T>(Web) ?? throw new JsonException("It answered null.");

    private static List<T> Items<T>(JsonElement answer) => Read<List<T>>(answer.GetProperty("items"));

    private static Finding[] FindingsIn(JsonElement answer) =>
        answer.TryGetProperty("findings", out var findings) && findings.ValueKind == JsonValueKind.Array ? [.. findings.EnumerateArray().Select(FindingOf)] : [];

    private static Finding FindingOf(JsonElement finding) => new(Text(finding, "code") ?? "", Text(finding, "message") ?? "")
    {
        Severity = Text(finding, "severity") switch { "warning" => FindingSeverity.Warning, "information" => FindingSeverity.Information, _ => FindingSeverity.Error },
        Path = Text(finding, "path"),
        Mend = Text(finding, "mend"),
        Line = Number(finding, "line"),
        Column = Number(finding, "column"),
    };

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;
}
