using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Paddock.Policy;

/// <summary>Writes a policy as JSON, every member of it.</summary>
internal static class PolicyJsonWriter
{
    public static byte[] Write(PluginPolicy policy)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("status", PolicyJson.StatusName(policy.Status));
            Permissions(json, "grants", policy.Grants);
            Texts(json, "capabilities", policy.Capabilities);
            Limits(json, policy.LimitCeiling);
            Rates(json, policy.Rates);
            json.WriteString("isolationFloor", PolicyJson.IsolationName(policy.IsolationFloor));
            json.WriteBoolean("stateful", policy.Stateful);
            json.WriteBoolean("rawHtml", policy.RawHtml);
            if (policy.Observation is { } observation)
            {
                json.WriteStartObject("observation");
                Permissions(json, "ceiling", observation.Ceiling);
                json.WriteString("until", observation.Until.ToString("O", CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }

            Texts(json, "sensitiveConfigKeys", policy.SensitiveConfigKeys);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Permissions(Utf8JsonWriter json, string name, IReadOnlyList<Permission> permissions)
    {
        json.WriteStartArray(name);
        foreach (var permission in permissions)
        {
            json.WriteStartObject();
            json.WriteString("type", PolicyText.Name(permission.Type));
            Texts(json, "access", PolicyText.Names(permission.Access));
            Texts(json, "scope", permission.Scope);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void Limits(Utf8JsonWriter json, Limits limits)
    {
        json.WriteStartObject("limits");
        json.WriteNumber("timeoutMs", (long)limits.Timeout.TotalMilliseconds);
        json.WriteNumber("initTimeoutMs", (long)limits.InitTimeout.TotalMilliseconds);
        json.WriteNumber("memoryBytes", limits.MemoryBytes);
        json.WriteNumber("stackBytes", limits.StackBytes);
        json.WriteNumber("resultBytes", limits.ResultBytes);
        json.WriteNumber("logBytes", limits.LogBytes);
        json.WriteNumber("logEntries", limits.LogEntries);
        json.WriteNumber("hostCalls", limits.HostCalls);
        json.WriteNumber("cpuThousandths", (long)(limits.Cpu * 1000));
        json.WriteNumber("processes", limits.Processes);
        json.WriteEndObject();
    }

    private static void Rates(Utf8JsonWriter json, RateLimits rates)
    {
        json.WriteStartObject("rates");
        Rate("callsPerSecond", rates.CallsPerSecond);
        Rate("dbPerMinute", rates.DbPerMinute);
        Rate("httpPerMinute", rates.HttpPerMinute);
        Rate("emailsPerMinute", rates.EmailsPerMinute);
        json.WriteEndObject();

        void Rate(string name, int rate)
        {
            if (rate == PluginPolicy.Unlimited) json.WriteString(name, "unlimited");
            else json.WriteNumber(name, rate);
        }
    }
}
