using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HpcAgent.Kernels.Tests;

public sealed class MetricsReaderAgainstPlatformTests
{
    private static readonly string[] s_keys = ["loss", "acc", "a.b", "é", "", "x\\ny", "😀", "very long key that goes on and on", "n_samples", "\\u0061"];

    [Fact]
    public void Random_documents_are_read_as_the_platform_reads_them()
    {
        Random random = new(12);
        MetricsReader reader = new(new MetricNames());
        int good = 0;
        for (int i = 0; i < 20_000; i++)
        {
            StringBuilder text = new();
            WriteObject(text, random, 0);
            if (random.Next(4) == 0)
                Damage(text, random);
            byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
            List<string>? expected = ByPlatform(bytes);
            bool read = reader.TryRead(bytes, out MetricsProblem? problem);
            Assert.True(read == expected is not null, $"{text} -> {problem}");
            if (expected is null)
                continue;
            good++;
            Assert.Equal(expected, reader.Values.ToArray().Select(v => Show(reader.Names.Names[v.Metric], v.Kind, v.Value)));
        }
        Assert.InRange(good, 3000, 19_000);
    }

    private static string Show(string name, MetricKind kind, double value) =>
        $"{name}|{kind}|{BitConverter.DoubleToInt64Bits(value)}";

    private static List<string>? ByPlatform(byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 64 });
            List<string> leaves = [];
            return document.RootElement.ValueKind == JsonValueKind.Object && Walk(document.RootElement, "", leaves, true) ? leaves : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Walk(JsonElement element, string path, List<string> leaves, bool root)
    {
        HashSet<string> keys = [];
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!keys.Add(property.Name))
                return false;
            if (root && property.Name == "n_samples")
                continue;
            string name = root ? property.Name : path + "." + property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                if (!Walk(property.Value, name, leaves, false))
                    return false;
                continue;
            }
            double value = property.Value.ValueKind == JsonValueKind.Number
                ? double.Parse(property.Value.GetRawText(), CultureInfo.InvariantCulture) : 0;
            MetricKind kind = property.Value.ValueKind switch
            {
                JsonValueKind.Number => double.IsFinite(value) ? MetricKind.Number : MetricKind.Infinite,
                JsonValueKind.Null => MetricKind.Null,
                _ => MetricKind.Text,
            };
            if (leaves.Any(l => l.StartsWith(name + "|", StringComparison.Ordinal)))
                return false;
            leaves.Add(Show(name, kind, double.IsFinite(value) ? value : 0));
        }
        return true;
    }

    private static void WriteObject(StringBuilder text, Random random, int depth)
    {
        text.Append('{');
        int count = random.Next(0, 5);
        for (int i = 0; i < count; i++)
        {
            Space(text, random).Append(i > 0 ? "," : "");
            Space(text, random).Append('"').Append(s_keys[random.Next(s_keys.Length)]);
            if (random.Next(3) > 0)
                text.Append(i);
            Space(text.Append('"'), random).Append(':');
            WriteValue(Space(text, random), random, depth + 1);
        }
        Space(text, random).Append('}');
    }

    private static void WriteValue(StringBuilder text, Random random, int depth)
    {
        int kind = random.Next(depth > 4 ? 6 : 9);
        if (kind <= 2)
            text.Append(CultureInfo.InvariantCulture, $"{Sample.Next(random, random.Next(Sample.Kinds)):R}");
        else if (kind == 3)
            text.Append(new[] { "true", "false", "null", "1e999", "0", "-0" }[random.Next(6)]);
        else if (kind <= 5)
            text.Append(new[] { "\"\"", "\"é\\u00e9\\\"\"", "\"plain\"", "\"\\\\\"", "[]" }[random.Next(5)]);
        else if (kind == 6)
        {
            WriteValue(text.Append("[1, "), random, depth + 1);
            text.Append(']');
        }
        else
            WriteObject(text, random, depth);
    }

    private static StringBuilder Space(StringBuilder text, Random random) => random.Next(4) == 0 ? text.Append(" \n\t\r"[random.Next(4)]) : text;

    private static void Damage(StringBuilder text, Random random)
    {
        int place = random.Next(text.Length);
        const string noise = "{}[],:\"\\0129.-+eEtfn \u0001x";
        switch (random.Next(3))
        {
            case 0:
                text.Remove(place, 1);
                break;
            case 1:
                text.Insert(place, noise[random.Next(noise.Length)]);
                break;
            default:
                text[place] = noise[random.Next(noise.Length)];
                break;
        }
    }
}
