using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Canary;

namespace HpcAgent.Cli;

/// <summary>The answer of every verb: one JSON line on standard output and an exit code (reference 4.9).</summary>
internal static class Envelope
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<int> RunAsync(
        IOperation operation, Func<JsonDocument> readRequest, Func<OperationContext> context, CancellationToken cancellationToken)
    {
        using Stream output = Console.OpenStandardOutput();
        try
        {
            using JsonDocument request = readRequest();
            OperationContext where = context();
            WriteSuccess(await operation.ExecuteJsonAsync(request.RootElement, where, cancellationToken));
            return where.ExitCode;
        }
        catch (OperationCanceledException)
        {
            // A run goes on without us; 130 is what shells say of an interrupt.
            return 130;
        }
        catch (Exception e)
        {
            HpcException error = e as HpcException ?? new HpcException(ErrorCode.Internal, $"{e.GetType().Name}: {e.Message}", inner: e);
            if (error.Code == ErrorCode.Internal) await Console.Error.WriteLineAsync(e.ToString());
            return WriteError(error, output);
        }
    }

    public static void WriteSuccess(Action<Utf8JsonWriter> data)
    {
        using Stream output = Console.OpenStandardOutput();
        WriteLine(output, writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ok"u8, true);
            writer.WriteBoolean("idempotent"u8, true);
            writer.WritePropertyName("data"u8);
            data(writer);
            writer.WriteEndObject();
        });
    }

    public static int WriteError(HpcException error, Stream output)
    {
        ErrorEntry entry = ErrorCatalogue.Entry(error.Code);
        WriteLine(output, writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ok"u8, false);
            writer.WriteString("error_code"u8, entry.Name);
            writer.WriteString("message"u8, error.Message);
            writer.WriteString("category"u8, entry.Category.ToString().ToLowerInvariant());
            writer.WriteBoolean("retry_safe"u8, entry.IsRetrySafe);
            writer.WriteString("remediation"u8, error.Remediation ?? entry.Remediation);
            if (error.Subject is CanaryVerdict canary) CanaryJson.WriteFeatures(writer, canary);
            writer.WriteEndObject();
        });
        return entry.ExitCode;
    }

    private static void WriteLine(Stream output, Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> line = new();
        using (Utf8JsonWriter writer = new(line, s_options)) write(writer);
        line.Write("\n"u8);
        output.Write(line.WrittenSpan);
        output.Flush();
    }
}
