namespace HpcAgent.Engine.Monitoring;

public sealed partial class TaskLedger
{
    private struct Entry
    {
        public long StartMilliseconds;
        public long EndMilliseconds;
        public long ElapsedMilliseconds;
        public long PeakMemory;
        public string? Reason;
        public int Attempt;
        public int Awaited;
        public int Pid;
        public int ExitCode;
        public ushort Node;
        public byte Signal;
        public byte LostCount;
        public bool IsNotStarted;
        public EvidenceSource Source;
        public long SourceSeconds;
        public TaskState State;
        public TaskState? Said;
    }
}
