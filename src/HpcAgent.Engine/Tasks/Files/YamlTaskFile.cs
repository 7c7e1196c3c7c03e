using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <summary>Tasks from a YAML file: a list of maps, streamed, or a map as <see cref="TaskDocument"/> reads it.</summary>
internal static class YamlTaskFile
{
    public static TaskSet Open(string path)
    {
        using var text = OpenText(path);
        var composer = new YamlComposer(text, path);
        if (!composer.MoveToRoot()) throw TaskError.Invalid($"{path} is empty.", "Give a list of maps, or axes, grid or task_generator.");
        if (composer.IsSequence) return new ListTaskSet(path);
        var root = composer.ReadValue();
        composer.ExpectEnd();
        return TaskDocument.Read(
            root as ParameterMap ?? throw TaskError.Invalid(
                $"{path} is neither a list nor a map.",
                "Give a list of maps, or axes, grid or task_generator."),
            path);
    }

    private static StreamReader OpenText(string path) => new(path, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);

    private sealed class ListTaskSet(string path) : TaskSet
    {
        public override long? Count => null;

        public override IEnumerable<RunTask> Read()
        {
            using var text = OpenText(path);
            var composer = new YamlComposer(text, path);
            composer.MoveToRoot();
            long id = 0;
            string[] names = [];
            foreach (var (item, start) in composer.ReadItems())
            {
                var map = item as ParameterMap ?? throw composer.Error(
                    start,
                    "a task is not a map",
                    "Give each task as a map from name to value");
                if (map.Names.AsSpan().SequenceEqual(names)) map = new(names, map.Items);
                names = map.Names;
                yield return new(id++, map);
            }

            composer.ExpectEnd();
        }
    }
}
