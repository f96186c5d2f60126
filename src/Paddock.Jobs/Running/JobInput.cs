using System.Text.Json;

namespace Paddock.Jobs.Running;

/// <summary>What a job's function is given.</summary>
internal static class JobInput
{
    /// <summary><c>{job, key, scheduled, run, manual, timeZone}</c>; the time is ISO 8601 in UTC.</summary>
    public static ReadOnlyMemory<byte> Of(JobFiring firing, JobRunRecord record)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("job", firing.Job.Name.Id);
            writer.WriteString("key", JobRecord.KeyOf(firing.Job.Name.Plugin, firing.Job.Name.Id));
            writer.WriteString("scheduled", firing.ScheduledAt.UtcDateTime);
            writer.WriteNumber("run", record.Id);
            writer.WriteBoolean("manual", firing.IsManual);
            writer.WriteString("timeZone", firing.Job.Registration.TimeZone);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
