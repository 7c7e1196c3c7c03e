@{
    RootModule           = 'module/HpcAgent.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '6b1d1f0e-6a7c-4a53-9f7b-2f6d4d1b7a55'
    Author               = 'the HpcAgent authors'
    CompanyName          = 'the HpcAgent authors'
    Copyright            = '(c) 2026 the HpcAgent authors. MIT license.'
    Description          = 'Turns a list of parameter sets into an array-batch experiment on Slurm, Grid Engine or this machine; watches it, collects and reduces its results exactly.'
    CompatiblePSEditions = 'Core'
    PowerShellVersion    = '7.4'
    FormatsToProcess     = 'module/HpcAgent.Format.ps1xml'
    CmdletsToExport      = @(
        'Export-HpcReport'
        'Get-HpcCluster'
        'Get-HpcEfficiency'
        'Get-HpcFailure'
        'Get-HpcLog'
        'Get-HpcPlan'
        'Get-HpcRun'
        'Get-HpcRunTask'
        'Get-HpcStatus'
        'Import-HpcTaskSet'
        'Invoke-HpcAggregate'
        'New-HpcGrid'
        'Receive-HpcResult'
        'Remove-HpcRun'
        'Resume-HpcRun'
        'Stop-HpcRun'
        'Submit-HpcRun'
        'Sync-HpcRun'
        'Test-HpcAggregate'
        'Test-HpcCluster'
        'Wait-HpcRun'
        'Watch-HpcRun'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags         = 'hpc', 'slurm', 'sge', 'ssh', 'cluster', 'experiment', 'PSEdition_Core', 'Linux', 'Windows', 'MacOS'
            ReleaseNotes = 'The first version.'
        }
    }
}
