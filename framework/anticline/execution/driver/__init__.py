"""A run of a workflow, event by event.

run        a run begun, resumed, cancelled            runfolder  its folder
loop       what can start is sent, what ends judged   setting    what it is given
inbox      what the loop waits for                    notes      what it writes
book       the tasks that are known, and those done   key        what results depend on
frontier   which tasks can start                      dispatch   where, with queues
droughts   queues without blocks                      steering   the user's choice
orders     what a node is told                        folders    where it finds it
workers    who runs tasks                             orphans    left by a dead driver
display    progress                                   verdicts   how it ended
"""
