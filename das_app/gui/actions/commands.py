"""All commands of the window but its panels, and its menus.

A menu is a title and names of actions and of submenus; None is a rule.
"""

from das_app.gui.actions.session_commands import SESSION_COMMANDS, SESSION_MENUS
from das_app.gui.actions.source_commands import SOURCE_COMMANDS, SOURCE_MENUS
from das_app.gui.actions.view_commands import VIEW_COMMANDS, VIEW_MENU
from das_app.gui.actions.window_commands import WINDOW_COMMANDS, WINDOW_MENUS

COMMANDS = (*SOURCE_COMMANDS, *SESSION_COMMANDS, *VIEW_COMMANDS, *WINDOW_COMMANDS)
MENUS = (*SOURCE_MENUS, *SESSION_MENUS, VIEW_MENU, *WINDOW_MENUS)
