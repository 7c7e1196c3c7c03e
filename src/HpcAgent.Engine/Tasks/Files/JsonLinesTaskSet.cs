namespace HpcAgent.Engine.Tasks;

/// <summary>Tasks from a file with one JSON object a line.</summary>
internal sealed class JsonLinesTaskSet(string path) : TaskSet
{
    public override long? Count => null;

    public override IEnumerable<RunTask> Read()
    {
        using var stream = JsonTaskFile.OpenStream(path);
        var reader = new JsonReader(new JsonSource(stream, path));
        for (long id = 0; reader.Source.SkipWhitespace() >= 0; id++)
        {
            var line = reader.Source.Line;
            yield return new(id, reader.ReadMap());
            if (reader.Source.SkipWhitespace() >= 0 && reader.Source.Line == line)
                throw reader.Source.Error("there is more on the line after its object; give one task a line.");
        }
    }
}
